import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { domainParts } from "../documents/registered-domain";
import { NO_ADDRESS } from "../enrichment/address-table";

/** An entry of `dns.answers`. */
export interface DnsAnswer {
    readonly name?: string;
    readonly type?: string;
    readonly class?: string;
    readonly data?: string;
    /** Seconds. */
    readonly ttl?: number;
}

const KEY = keys("registered_domain", "subdomain", "top_level_domain");

/** Types whose data is a name, or ends with one: `10 mail.example.com`. */
const NAMES: ReadonlySet<string> = new Set(["CNAME", "DNAME", "MX", "NS", "PTR", "SRV"]);

/** Writes the parts of a name into the open `dns.question`. */
export function writeDomainParts(document: Document, name: string): void {
    const parts = domainParts(name);
    document.text(KEY.registered_domain, parts?.registered_domain);
    document.text(KEY.subdomain, parts?.subdomain);
    document.text(KEY.top_level_domain, parts?.top_level_domain);
}

/** Looks up a name of DNS; one of a reverse look-up as the address that it stands for. */
export function lookUpName(document: Document, field: string, name: string): void {
    const address = reversedAddress(name);
    if (address === undefined) {
        document.host(field, name);
    } else {
        lookUpAddress(document, field, address);
    }
}

/** Looks up the names and addresses of answers. @returns the addresses, for `dns.resolved_ip` */
export function lookUpAnswers(document: Document, answers: readonly DnsAnswer[]): string[] {
    const addresses: string[] = [];
    for (const { name, type = "", data } of answers) {
        if (name !== undefined) {
            lookUpName(document, "dns.answers.name", name);
        }
        if (data === undefined) {
            continue;
        }
        if (type === "A" || type === "AAAA") {
            if (lookUpAddress(document, "dns.resolved_ip", data)) {
                addresses.push(data);
            }
        } else if (NAMES.has(type)) {
            lookUpName(document, "dns.answers.data", data.slice(data.lastIndexOf(" ") + 1));
        }
    }
    return addresses;
}

/** @returns the address that `1.2.0.192.in-addr.arpa` or a name under `ip6.arpa` stands for, undefined for others */
function reversedAddress(name: string): string | undefined {
    const [, ipv4, ipv6] =
        /^(?:((?:\d{1,3}\.){4})in-addr|((?:[0-9a-f]\.){32})ip6)\.arpa\.?$/i.exec(name) ?? [];
    if (ipv6 !== undefined) {
        const digits = ipv6.split(".").reverse().join("");
        return digits.replace(/....(?=.)/g, "$&:");
    }
    return ipv4?.slice(0, -1).split(".").reverse().join(".");
}

function lookUpAddress(document: Document, field: string, address: string): boolean {
    const bytes = Buffer.from(address);
    return document.address(field, bytes, 0, bytes.length) !== NO_ADDRESS;
}
