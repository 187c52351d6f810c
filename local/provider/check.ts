import { randomBytes } from "node:crypto";
import type { Props } from "./properties";
import { acceptedProperties, type AutoName, type ResourceEntry } from "./resource";

export interface Failure {
    property: string;
    reason: string;
}

/** The logical name in a URN. */
export const logicalName = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

/** The resource type in a URN (the last one of a chain of parents). */
export function resourceType(urn: string): string {
    const chain = urn.split("::")[2] ?? "";
    return chain.slice(chain.lastIndexOf("$") + 1);
}

/** The name of the program if it gives one, else the one in use, else a new one. */
export function nameFor(auto: AutoName, urn: string, olds: Props, news: Props): string {
    if (news[auto.property] !== undefined) {
        return String(news[auto.property]);
    }
    if (olds[auto.property] !== undefined) {
        return String(olds[auto.property]);
    }
    const prefix = auto.prefixProperty ? news[auto.prefixProperty] : undefined;
    const suffix = auto.suffix?.(news) ?? "";
    const tail = `${randomBytes(4).toString("hex").slice(0, 7)}${suffix}`;
    const head = typeof prefix === "string" ? prefix : `${logicalName(urn)}-`;
    const name = head.slice(0, (auto.maxLength ?? 255) - tail.length) + tail;
    return auto.lowerCase ? name.toLowerCase() : name;
}

/** Whether a name was made by `nameFor`. */
export const isAutoNamed = (name: unknown): boolean => /[0-9a-f]{7}(\.fifo)?$/.test(String(name));

/** Refuses what the local cloud does not have, and names what has no name. */
export function check(
    entry: ResourceEntry | undefined,
    urn: string,
    olds: Props,
    news: Props,
): { inputs: Props; failures: Failure[] } {
    const type = resourceType(urn);
    if (!entry) {
        return {
            inputs: news,
            failures: [{ property: "", reason: `${type} is not supported by the local cloud` }],
        };
    }
    const accepted = new Set(acceptedProperties(entry));
    const failures = Object.keys(news)
        .filter((property) => !property.startsWith("__") && !accepted.has(property))
        .map((property) => ({
            property,
            reason: `${type}: property "${property}" is not supported by the local cloud`,
        }));
    const inputs = Object.fromEntries(
        Object.entries(news).filter(([property]) => !property.startsWith("__")),
    );
    if (entry.autoName) {
        inputs[entry.autoName.property] = nameFor(entry.autoName, urn, olds, news);
    }
    return { inputs, failures };
}
