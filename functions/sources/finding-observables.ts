import { Document } from "../documents/document";

/** Members whose values are addresses: `ipAddressV4`, `SourceIpV6`, `publicIp`, `sourceIPs`, `Address`. */
const ADDRESS = /^(?:(?:[a-z0-9]+)?ips?(?:v[46])?(?:address(?:es)?)?(?:v[46])?|(?:ipv[46])?address(?:es)?)$/i;
/** Members whose values are names of hosts: `domain`, `DestinationDomain`. */
const DOMAIN = /domain$/i;
/** A network path names single addresses as networks. */
const SINGLE = /\/(?:32|128)$/;

/**
 * Looks up every address and domain that a finding shows, wherever it stands: findings of each type have them elsewhere,
 * and new types come.
 * @param path of the value in the document
 */
export function lookUpAll(document: Document, path: string, value: unknown, name = ""): void {
    if (typeof value === "string") {
        lookUp(document, path, value, name);
    } else if (Array.isArray(value)) {
        value.forEach((item) => lookUpAll(document, path, item, name));
    } else if (typeof value === "object" && value !== null) {
        for (const [key, member] of Object.entries(value)) {
            lookUpAll(document, `${path}.${key}`, member, key);
        }
    }
}

function lookUp(document: Document, path: string, value: string, name: string): void {
    if (ADDRESS.test(name)) {
        const bytes = Buffer.from(value.replace(SINGLE, ""));
        document.address(path, bytes, 0, bytes.length);
    } else if (DOMAIN.test(name)) {
        document.host(path, value);
    }
}
