import { formatIPv4, formatIPv6, mappedIPv4, Words } from "../indicators/address";
import { ipv4, ipv6 } from "../indicators/address-bytes";
import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";
import { AddressEnricher } from "./enricher";

const SLOT_BITS = 16;
const SLOTS = 1 << SLOT_BITS;
/** Length of `"address":`, behind which a fragment has the address as a JSON string. */
export const TEXT_AT = 10;

/** What `find` answers for text that is no address. */
export const NO_ADDRESS = -1;

/**
 * What is known of each address, as the finished JSON members of the endpoint it stands in: `"address":"192.0.2.1",
 * "ip":"192.0.2.1","geo":{…},`. A fixed table: a new address takes the place of an older one, so that memory stays flat
 * however many there are, and a look-up that hits costs some 30 ns.
 */
export class AddressTable {
    private readonly fragments = new Array<Buffer>(SLOTS).fill(Buffer.alloc(0));
    private readonly keys = new Uint32Array(SLOTS * 4);
    /** Address family of the slot: 0 for none. */
    private readonly family = new Uint8Array(SLOTS);
    private readonly textLengths = new Uint8Array(SLOTS);
    /** For each pair which of the two is filled next. */
    private readonly next = new Uint8Array(SLOTS);
    private readonly inside = new Uint8Array(SLOTS);
    private readonly words = new Uint32Array(4);
    private readonly matches = new Array<IndicatorMatch | undefined>(SLOTS).fill(undefined);

    constructor(
        private readonly lookup: IndicatorLookup | undefined,
        private readonly enrichers: readonly AddressEnricher[],
    ) {}

    /** @returns the slot of the address that is written there, good until the next call; or `NO_ADDRESS` */
    find(bytes: Buffer, start: number, end: number): number {
        const address = ipv4(bytes, start, end);
        if (address >= 0) {
            const slot = (Math.imul(address, 0x9e3779b1) >>> (32 - SLOT_BITS)) & ~1;
            if (this.keys[slot * 4] === address && this.family[slot] === 4) {
                return slot;
            }
            if (this.keys[slot * 4 + 4] === address && this.family[slot + 1] === 4) {
                return slot + 1;
            }
            return this.fill(slot, 4, [address, 0, 0, 0]);
        }
        return ipv6(bytes, start, end, this.words) ? this.findIPv6(this.words) : NO_ADDRESS;
    }

    /** Which address family the slot's address is of. */
    isIPv6(slot: number): boolean {
        return this.family[slot] === 6;
    }

    match(slot: number): IndicatorMatch | undefined {
        return this.matches[slot];
    }

    /** True for addresses that are used inside of networks only: private, shared, link-local, loopback. */
    isPrivate(slot: number): boolean {
        return this.inside[slot] === 1;
    }

    text(slot: number): string {
        return this.fragments[slot].toString("latin1", TEXT_AT + 1, TEXT_AT + this.textLengths[slot] - 1);
    }

    /** The members of the endpoint the address stands in. */
    members(slot: number): Buffer {
        return this.fragments[slot];
    }

    /** Length of the address as a JSON string, which begins at `TEXT_AT` of its members. */
    textLength(slot: number): number {
        return this.textLengths[slot];
    }

    private findIPv6(words: Uint32Array): number {
        const hash =
            Math.imul(words[0], 0x9e3779b1) ^
            Math.imul(words[1], 0x85ebca6b) ^
            Math.imul(words[2], 0xc2b2ae35) ^
            Math.imul(words[3], 0x27d4eb2f);
        const slot = (Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> (32 - SLOT_BITS)) & ~1;
        for (let candidate = slot; candidate <= slot + 1; candidate++) {
            const key = candidate * 4;
            if (
                this.family[candidate] === 6 &&
                this.keys[key] === words[0] &&
                this.keys[key + 1] === words[1] &&
                this.keys[key + 2] === words[2] &&
                this.keys[key + 3] === words[3]
            ) {
                return candidate;
            }
        }
        return this.fill(slot, 6, [words[0], words[1], words[2], words[3]]);
    }

    /** Of the two places that an address may have, the one that was filled longer ago makes room. */
    private fill(pair: number, family: 4 | 6, words: Words): number {
        const slot = pair + this.next[pair];
        this.next[pair] ^= 1;
        const text = family === 4 ? formatIPv4(words[0]) : formatIPv6(words);
        const mapped = family === 6 ? mappedIPv4(words) : words[0];
        let fragment = `"address":"${text}","ip":"${text}",`;
        for (const enricher of this.enrichers) {
            fragment += mapped >= 0 ? enricher.ipv4(mapped) : enricher.ipv6(words);
        }
        this.keys.set(words, slot * 4);
        this.family[slot] = family;
        this.textLengths[slot] = text.length + 2;
        this.inside[slot] = (mapped >= 0 ? isPrivateIPv4(mapped) : isPrivateIPv6(words)) ? 1 : 0;
        this.matches[slot] = this.lookup?.ip(text);
        this.fragments[slot] = Buffer.from(fragment);
        return slot;
    }
}

/** RFC 1918, 6598, 3927 and loopback. */
function isPrivateIPv4(address: number): boolean {
    const first = address >>> 24;
    return (
        first === 10 ||
        first === 127 ||
        address >>> 20 === 0xac1 ||
        address >>> 16 === 0xc0a8 ||
        address >>> 22 === 0x191 ||
        address >>> 16 === 0xa9fe
    );
}

/** RFC 4193, link-local and loopback. */
function isPrivateIPv6([first, second, third, fourth]: Words): boolean {
    return (
        first >>> 25 === 0x7e ||
        first >>> 22 === 0x3fa ||
        (first === 0 && second === 0 && third === 0 && fourth === 1)
    );
}
