import { formatIPv4, formatIPv6, mask, networkIPv6, parseIPv4, parseIPv6 } from "../indicators/address";
import { IndicatorMatch } from "../indicators/indicator";

/** An address network in normal form. */
export interface Cidr {
    readonly version: 4 | 6;
    /** `network/prefix`, the prefix always written. */
    readonly text: string;
    readonly prefix: number;
}

/** The network of an address indicator: a single address is a /32 or /128. Undefined for names. */
export function cidrOf({ type, value }: Pick<IndicatorMatch, "type" | "value">): Cidr | undefined {
    switch (type) {
        case "ipv4":
            return parseCidr(`${value}/32`);
        case "ipv6":
            return parseCidr(`${value}/128`);
        case "cidr":
            return parseCidr(value);
        default:
            return undefined;
    }
}

/** @returns the network that the text means, also when it is written out in full, or undefined when it is none */
export function parseCidr(text: string): Cidr | undefined {
    const slash = text.indexOf("/");
    const digits = text.slice(slash + 1);
    if (slash < 0 || !/^\d{1,3}$/.test(digits)) {
        return undefined;
    }
    const prefix = Number(digits);
    const address = text.slice(0, slash);
    const v4 = parseIPv4(address);
    if (v4 >= 0) {
        const network = formatIPv4((v4 & mask(prefix)) >>> 0);
        return prefix <= 32 ? { version: 4, text: `${network}/${prefix}`, prefix } : undefined;
    }
    const v6 = address.includes(":") ? parseIPv6(address) : undefined;
    return v6 && prefix <= 128
        ? { version: 6, text: `${formatIPv6(networkIPv6(v6, prefix))}/${prefix}`, prefix }
        : undefined;
}

/** The address alone where it is a single one: as lists of addresses write it. */
export function addressText(indicator: Pick<IndicatorMatch, "type" | "value">): string | undefined {
    const cidr = cidrOf(indicator);
    return cidr?.text.replace(cidr.version === 4 ? /\/32$/ : /\/128$/, "");
}
