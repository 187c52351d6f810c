import * as ipaddr from "ipaddr.js";
import { IndicatorType } from "../indicators/indicator";

/** What is needed of an indicator to rank and block it. */
export interface Candidate {
    readonly type: IndicatorType;
    readonly value: string;
    readonly confidence: number;
    readonly lastSeen: string;
}

/** Networks to block of one IP version. */
export interface Selection {
    readonly cidrs: readonly string[];
    /** Networks that had no room. */
    readonly leftOut: number;
}

/** The best `room` networks of one IP version: by confidence, then last seen, then value. Never a /0. */
export function selectCidrs(candidates: Iterable<Candidate>, version: 4 | 6, room: number): Selection {
    const ranked: (Candidate & { cidr: string })[] = [];
    for (const candidate of candidates) {
        const cidr = cidrOf(candidate);
        if (cidr && versionOf(cidr) === version) {
            ranked.push({ ...candidate, cidr });
        }
    }
    ranked.sort(
        (a, b) => b.confidence - a.confidence || compare(b.lastSeen, a.lastSeen) || compare(a.value, b.value),
    );
    const unique = [...new Set(ranked.map(({ cidr }) => cidr))];
    return { cidrs: unique.slice(0, room), leftOut: Math.max(0, unique.length - room) };
}

/**
 * Spreads networks over sets so that as few sets as possible change: what a set has stays in it, what is new goes
 * to sets that change anyway, then to those with the most room.
 * @param present what each set holds now, in normal form
 * @returns what each set shall hold, in the order of `present`
 */
export function spread(
    wanted: readonly string[],
    present: readonly (readonly string[])[],
    maxPerSet: number,
): string[][] {
    const open = new Set(wanted);
    const kept = present.map((addresses) => {
        const keep = addresses.filter((address) => open.delete(address));
        for (const address of keep.splice(maxPerSet)) {
            open.add(address);
        }
        return keep;
    });
    const order = kept
        .map((keep, index) => ({
            index,
            changes: keep.length < present[index].length,
            room: maxPerSet - keep.length,
        }))
        .sort((a, b) => Number(b.changes) - Number(a.changes) || b.room - a.room || a.index - b.index);
    const fresh = wanted.filter((address) => open.has(address));
    let next = 0;
    for (const { index, room } of order) {
        kept[index].push(...fresh.slice(next, next + room));
        next += Math.min(room, fresh.length - next);
    }
    return kept;
}

/** A network in normal form: WAF answers IPv6 written out in full. Undefined when it is none, or a /0. */
export function normalCidr(text: string): string | undefined {
    try {
        const [address, prefix] = ipaddr.parseCIDR(text);
        if (prefix < 1) {
            return undefined;
        }
        const network =
            address.kind() === "ipv4"
                ? ipaddr.IPv4.networkAddressFromCIDR(text)
                : ipaddr.IPv6.networkAddressFromCIDR(text);
        return `${network.toString()}/${prefix}`;
    } catch {
        return undefined;
    }
}

function cidrOf({ type, value }: Candidate): string | undefined {
    if (type === "cidr") {
        return normalCidr(value);
    }
    return type === "ipv4"
        ? normalCidr(`${value}/32`)
        : type === "ipv6"
          ? normalCidr(`${value}/128`)
          : undefined;
}

function versionOf(cidr: string): 4 | 6 {
    return cidr.includes(":") ? 6 : 4;
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
