import { BLOCK_LIST_FORMATS, UNBOUNDED } from "./block-list-formats";
import { DNS_FIREWALL_LISTS } from "./dns-firewall";
import { GUARDDUTY_LISTS } from "./guardduty";
import { NETWORK_FIREWALL_LISTS } from "./network-firewall";
import { Blockable, PlaceReport } from "./place";
import { ListKind, select } from "./select";
import { WAF_LISTS } from "./waf";

/** Whether a list of a place holds an indicator. */
export interface Holding {
    readonly place: string;
    readonly list: string;
    readonly held: boolean;
    /** Why not: `no-room`, or what the place cannot express. */
    readonly reason?: string;
}

const LISTS: Readonly<Record<string, readonly ListKind[]>> = {
    waf: WAF_LISTS,
    "waf-cloudfront": WAF_LISTS,
    guardduty: GUARDDUTY_LISTS,
    "dns-firewall": DNS_FIREWALL_LISTS,
    "network-firewall": NETWORK_FIREWALL_LISTS,
    "block-lists": BLOCK_LIST_FORMATS,
};

/**
 * Where an indicator is enforced: makes the same choice again that the place made.
 * @param report of the place, for that snapshot
 * @param value in normal form
 * @returns one answer for each list that is for indicators of this kind; none when the snapshot lacks the value
 */
export function holdings(
    { place, room }: Pick<PlaceReport, "place" | "room">,
    snapshot: Blockable,
    value: string,
): Holding[] {
    return (LISTS[place] ?? []).flatMap((kind): Holding[] => {
        const indicator = kind.name in room ? find(kind, snapshot, value) : undefined;
        const fit = indicator && kind.fit(indicator);
        if (!fit) {
            return [];
        }
        const answer = { place, list: kind.name };
        if ("unfit" in fit) {
            return [{ ...answer, held: false, reason: fit.unfit }];
        }
        const size = room[kind.name];
        const held =
            size === UNBOUNDED ||
            select(kind, snapshot, size).chosen.some(({ entry }) => entry === fit.entry);
        return [held ? { ...answer, held } : { ...answer, held, reason: "no-room" }];
    });
}

function find(kind: ListKind, snapshot: Blockable, value: string) {
    for (const indicator of kind.candidates(snapshot)) {
        if (indicator.value === value) {
            return indicator;
        }
    }
    return undefined;
}
