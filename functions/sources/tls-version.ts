/** A TLS version in ECS's terms. */
export interface TlsVersion {
    readonly version?: string;
    readonly version_protocol?: string;
}

/**
 * @param protocol as AWS's services log it: `TLSv1.2`, `TLSV1.3`, `tlsv12`, `SSLv3`
 * @returns an empty object for another text
 */
export function tlsVersion(protocol: string | undefined): TlsVersion {
    const match = /^(tls|ssl)v(\d)(?:\.?(\d))?$/i.exec(protocol ?? "");
    if (!match) {
        return {};
    }
    const version = match[3] === undefined ? match[2] : `${match[2]}.${match[3]}`;
    return { version, version_protocol: match[1].toLowerCase() };
}
