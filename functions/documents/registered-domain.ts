import { parse } from "tldts";

/** Parts of a host name, by their ECS names. */
export interface DomainParts {
    /** The name that somebody has registered, `example.co.uk`. */
    readonly registered_domain?: string;
    /** What stands before it. */
    readonly subdomain?: string;
    /** What stands behind its first dot: the public suffix, `co.uk`. */
    readonly top_level_domain: string;
}

/**
 * Takes a name apart by the public suffix list, with the suffixes of private registries such as `s3.amazonaws.com`.
 * @param name without a trailing dot
 * @returns undefined for names under no known suffix, and for reverse names, which nobody registers
 */
export function domainParts(name: string): DomainParts | undefined {
    const host = name.toLowerCase();
    if (/(?:^|\.)(?:in-addr|ip6)\.arpa$/.test(host)) {
        return undefined;
    }
    const found = parse(host, { allowPrivateDomains: true, extractHostname: false, validateHostname: false });
    if (found.isIp || !(found.isIcann || found.isPrivate) || !found.publicSuffix) {
        return undefined;
    }
    return {
        registered_domain: found.domain ?? undefined,
        subdomain: found.subdomain || undefined,
        top_level_domain: found.publicSuffix,
    };
}
