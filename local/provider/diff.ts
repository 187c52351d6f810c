import { isAutoNamed } from "./check";
import { equal, hasUnknown, type Props } from "./properties";
import { acceptedProperties, type ResourceEntry } from "./resource";

export interface Difference {
    changed: string[];
    replaces: string[];
    deleteBeforeReplace: boolean;
}

/** Compares old inputs with new inputs, property by property. */
export function diff(
    entry: ResourceEntry,
    oldInputs: Props,
    news: Props,
    where: { oldRegion?: unknown; region?: string } = {},
): Difference {
    const changed = acceptedProperties(entry).filter(
        (property) => hasUnknown(news[property]) || !equal(oldInputs[property], news[property]),
    );
    const replaces = changed.filter((property) => entry.replaceOn.includes(property));
    if (!entry.global && where.oldRegion) {
        const region = news.region ?? where.region;
        const index = changed.indexOf("region");
        if (region !== undefined && region !== where.oldRegion) {
            replaces.push("region");
            if (index < 0) {
                changed.push("region");
            }
        }
    }
    if (!entry.update && changed.length > 0 && replaces.length === 0) {
        replaces.push(...changed.filter((property) => !isLocal(entry, property)));
    }
    const named = entry.autoName ? news[entry.autoName.property] : undefined;
    return {
        changed,
        replaces,
        deleteBeforeReplace:
            entry.deleteBeforeReplace ??
            (named !== undefined &&
                named === oldInputs[entry.autoName?.property ?? ""] &&
                !isAutoNamed(named)),
    };
}

const isLocal = (entry: ResourceEntry, property: string): boolean =>
    property === "region" || (entry.declaredOnly ?? []).includes(property);
