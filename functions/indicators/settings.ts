import { FeedDefinition } from "../feeds/definition";

/** Object `settings/indicators.json` of the snapshot bucket: what the deployment says about indicators. */
export interface IndicatorSettings {
    readonly feeds: readonly FeedDefinition[];
    /** IPs, CIDRs and domains that are never an indicator. */
    readonly allowList: readonly string[];
    /** Keys of MISP warning lists in the snapshot bucket. */
    readonly warningLists: readonly string[];
    readonly guard: GuardSettings;
    /** Widest networks that may be indicators, as prefix lengths. */
    readonly widest: { readonly ipv4: number; readonly ipv6: number };
    /** Documentation ranges count as addresses: for tests on the local cloud. */
    readonly allowDocumentation: boolean;
}

/** How much may change at once. */
export interface GuardSettings {
    /** Share of a list, 0 to 1, that a run may add or remove; reaching it holds the run. */
    readonly share: number;
    /** Changes that are always let through, unless they empty the list. */
    readonly minimum: number;
}

export const SETTINGS_KEY = "settings/indicators.json";
