import { Members, members } from "../documents/writer";
import { tlsVersion } from "./tls-version";

/** What a load balancer logs of a connection's TLS. */
export interface ElbTls {
    /** Of `tls`: cipher, version, version_protocol. */
    readonly ecs: Members;
    /** Of `aws.elb`: ssl_cipher, ssl_protocol. */
    readonly own: Members;
}

/** @param protocol `TLSv1.2` or `tlsv12` */
export function elbTls(cipher: string | undefined, protocol: string | undefined): ElbTls {
    return {
        ecs: members({ cipher, ...tlsVersion(protocol) }),
        own: members({ ssl_cipher: cipher, ssl_protocol: protocol }),
    };
}

export const NO_TLS = elbTls(undefined, undefined);
