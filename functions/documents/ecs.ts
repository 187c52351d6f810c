import { Key, key, members } from "./writer";

/** The Elastic Common Schema version that all documents follow. */
export const ECS_VERSION = "8.11.0";

export const ECS_MEMBERS = members({ ecs: { version: ECS_VERSION } });

/** Names as keys, for a source's table of constants: `keys("source", "port").port`. */
export function keys<Name extends string>(...names: readonly Name[]): Readonly<Record<Name, Key>> {
    return Object.fromEntries(names.map((name) => [name, key(name)])) as Record<Name, Key>;
}
