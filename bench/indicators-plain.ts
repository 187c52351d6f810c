import { formatIPv4, parseIPv4 } from "../functions/indicators/address";
import { Snapshot } from "../functions/indicators/snapshot";
import { IndicatorLookups } from "./indicators-lookups";

/** The look-ups as one would write them without a thought for memory: sets of JavaScript. */
export class PlainLookups implements IndicatorLookups {
    private readonly addresses = new Set<number>();
    /** First addresses by width. */
    private readonly networks = new Map<number, Set<number>>();
    private readonly domains = new Set<string>();

    /** @param texts a value a line */
    constructor(texts: string) {
        for (const text of texts.split("\n")) {
            const [address, width] = text.split("/");
            const number = parseIPv4(address);
            if (number < 0) {
                this.domains.add(text);
            } else if (width === undefined) {
                this.addresses.add(number);
            } else {
                const prefix = Number(width);
                const networks = this.networks.get(prefix) ?? new Set();
                this.networks.set(prefix, networks.add(number));
            }
        }
    }

    ipv4(address: number): unknown {
        if (this.addresses.has(address)) {
            return formatIPv4(address);
        }
        for (const [prefix, networks] of this.networks) {
            if (networks.has((address & (-1 << (32 - prefix))) >>> 0)) {
                return prefix;
            }
        }
        return undefined;
    }

    ip(text: string): unknown {
        return this.ipv4(parseIPv4(text));
    }

    domain(name: string): unknown {
        for (let start = 0; start >= 0;) {
            const parent = name.slice(start);
            if (this.domains.has(parent)) {
                return parent;
            }
            const dot = name.indexOf(".", start);
            start = dot < 0 ? -1 : dot + 1;
        }
        return undefined;
    }
}

/** @returns the values of a snapshot, one a line */
export function plainText(file: Uint8Array): string {
    return Array.from(Snapshot.decode(file).all(), ({ value }) => value).join("\n");
}
