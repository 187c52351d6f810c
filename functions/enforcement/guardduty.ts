import { addressText, cidrOf } from "./cidr";
import { unfitDomain } from "./domain-name";
import { enforceSets } from "./guardduty-lists";
import { GuardDutyAccess, GuardDutySet, threatEntitySet, threatIntelSet } from "./guardduty-sets";
import { ListFiles } from "./list-files";
import { Blockable, Place } from "./place";
import { ListReport, reportOf } from "./report";
import { Sleep } from "./retry";
import { everything, Fit, ListKind, select } from "./select";
import { GuardDutySettings } from "./settings";
import { IndicatorMatch } from "../indicators/indicator";

/** Addresses and networks that a threat intel set takes, and sets that a region takes. */
const MAX_PER_INTEL_SET = 250_000;
const MAX_INTEL_SETS = 6;
/** GuardDuty's quota for entities is not published in one place: what a new account is sure to have. */
const DEFAULT_ENTITY_LIMIT = 1_000;
/** Largest list file. */
const MAX_FILE_BYTES = 35_000_000;

export interface GuardDutyOptions extends GuardDutyAccess {
    readonly files: ListFiles;
    readonly settings: Pick<GuardDutySettings, "threatIntelSets" | "threatEntitySets" | "entityLimit">;
    readonly pause?: Sleep;
}

/** GuardDuty's lists are of IPv4: one line of IPv6 could cost the whole list. */
function fitAddress(indicator: IndicatorMatch): Fit {
    const cidr = cidrOf(indicator);
    if (!cidr) {
        return undefined;
    }
    if (cidr.version === 6) {
        return { unfit: "ipv6" };
    }
    const entry = addressText(indicator);
    return cidr.prefix === 0 || entry === undefined ? { unfit: "prefix-0" } : { entry };
}

function fitEntity(indicator: IndicatorMatch): Fit {
    if (indicator.type === "url") {
        return { unfit: "url" };
    }
    const unfit = indicator.type === "domain" ? unfitDomain(indicator.value) : undefined;
    if (unfit) {
        return { unfit };
    }
    return indicator.type === "domain" ? { entry: indicator.value } : fitAddress(indicator);
}

// 250,000 addresses of 19 bytes are far from the largest file; entities may be 254 bytes each.
const ADDRESSES: ListKind = {
    name: "addresses",
    candidates: (snapshot) => snapshot.addresses(),
    fit: fitAddress,
};
const ENTITIES: ListKind = {
    name: "entities",
    candidates: everything,
    fit: fitEntity,
    maxBytes: MAX_FILE_BYTES,
};
export const GUARDDUTY_LISTS = [ADDRESSES, ENTITIES];

/** GuardDuty's threat intel sets (addresses) and threat entity sets (domains and addresses). */
export function guardDutyPlace(options: GuardDutyOptions): Place {
    const { settings } = options;
    if (settings.threatIntelSets.length > MAX_INTEL_SETS) {
        throw new Error(`GuardDuty takes ${MAX_INTEL_SETS} threat intel sets at most: configure fewer`);
    }
    const intelSets = settings.threatIntelSets.map((id) => threatIntelSet(options, id));
    const entitySets = settings.threatEntitySets.map((id) => threatEntitySet(options, id));
    const entityLimit = settings.entityLimit ?? DEFAULT_ENTITY_LIMIT;

    const list = async (
        snapshot: Blockable,
        kind: ListKind,
        sets: readonly GuardDutySet[],
        maxPerSet: number,
    ): Promise<ListReport> => {
        const room = sets.length * maxPerSet;
        const selection = select(kind, snapshot, room);
        const wanted = selection.chosen.map(({ entry }) => entry);
        const change = await enforceSets(options, sets, wanted, maxPerSet);
        return { list: kind.name, room, selection, ...change };
    };

    return {
        name: "guardduty",
        enforce: async (snapshot) => {
            const reports: ListReport[] = [];
            if (intelSets.length > 0) {
                reports.push(await list(snapshot, ADDRESSES, intelSets, MAX_PER_INTEL_SET));
            }
            if (entitySets.length > 0) {
                reports.push(await list(snapshot, ENTITIES, entitySets, entityLimit));
            }
            return reportOf("guardduty", reports);
        },
    };
}
