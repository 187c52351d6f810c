import { IndicatorMatch } from "../indicators/indicator";

/** What is blocked from: `Snapshot` is one. */
export interface Blockable {
    /** IPv4 and IPv6 addresses and networks. */
    addresses(): Iterable<IndicatorMatch>;
    /** Domains and URLs. */
    names(): Iterable<IndicatorMatch>;
}

/** What enforcing did to a place. Counted in the place's own entries. */
export interface PlaceReport {
    /** `waf`, `guardduty`, `dns-firewall`, `network-firewall`, `block-lists` … */
    readonly place: string;
    readonly added: number;
    readonly removed: number;
    readonly unchanged: number;
    /** Indicators that had no room: others are more certain, or seen more recently. */
    readonly leftOut: number;
    /** Indicators that the place cannot express, by reason. */
    readonly unfit: Readonly<Record<string, number>>;
    /** Entries that the place takes, by list. */
    readonly room: Readonly<Record<string, number>>;
}

/** A place that blocks or alerts on indicators. */
export interface Place {
    readonly name: string;
    /** Makes the place hold the best of the snapshot. Idempotent: a place that is right already is not written to. */
    enforce(snapshot: Blockable): Promise<PlaceReport>;
}
