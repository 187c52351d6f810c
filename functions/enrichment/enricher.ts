import { Words } from "../indicators/address";

/**
 * Knows something of an address without leaving the process. The answer is written into the endpoint the address
 * stands in (`source`, `destination`, `client` …) and kept for the next record that shows the address.
 */
export interface AddressEnricher {
    readonly name: string;
    /** Brings what it knows up to date, before a batch. @returns true when its answers have changed */
    prepare?(): Promise<boolean | void>;
    /** @returns JSON members with a trailing comma, `"geo":{"country_iso_code":"DE"},`, or "" for nothing known */
    ipv4(address: number): string;
    /** As `ipv4`, for an IPv6 address that is not an IPv4-mapped one. */
    ipv6(address: Words): string;
}

/** What is learned of an address outside of the process. */
export interface AddressFacts {
    /** JSON members of the endpoint, each with a trailing comma. */
    readonly members: string;
    /** Host names that lead to it, which are matched against the indicators. */
    readonly names: readonly string[];
}

/** Asks somebody else about addresses: once for a batch, with all its unique addresses in normal form. */
export interface AddressResolver {
    readonly name: string;
    /** Never throws: what cannot be learned (in time) is missing from the answer. */
    resolve(addresses: readonly string[]): Promise<ReadonlyMap<string, AddressFacts>>;
}

/** Who connects from where. */
export interface Pair {
    /** Who: an account and principal, a flow's interface, an application. */
    readonly entity: string;
    /** From where, in normal form. */
    readonly ip: string;
}

/** Scores how unusual it is that an entity connects from an address. Called once for a batch, with unique pairs. */
export interface PairScorer {
    readonly name: string;
    /** @returns a score for each pair, in order; undefined where there is none. Greater is more unusual. */
    score(pairs: readonly Pair[]): Promise<readonly (number | undefined)[]>;
}
