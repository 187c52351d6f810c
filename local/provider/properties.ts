/** Helpers for the plain property bags that travel between the Pulumi engine and this provider. */

export type Props = Record<string, unknown>;

/** The engine writes this in place of a value it does not know yet (preview). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Key under which the engine marks special objects. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

const isObject = (value: unknown): value is Props =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** Unwraps secrets, output values and resource references; keeps assets and archives. */
export function plain(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (!isObject(value)) {
        return value;
    }
    switch (value[SIGNATURE]) {
        case SECRET:
            return plain(value.value);
        case OUTPUT:
            return "value" in value ? plain(value.value) : UNKNOWN;
        case RESOURCE:
            return value.id === undefined || value.id === "" ? UNKNOWN : plain(value.id);
        default:
            return Object.fromEntries(
                Object.entries(value)
                    .filter(([, entry]) => entry !== null && entry !== undefined)
                    .map(([key, entry]) => [key, plain(entry)]),
            );
    }
}

/** Whether a value is, or has inside it, something only known after the update. */
export function hasUnknown(value: unknown): boolean {
    if (Array.isArray(value)) {
        return value.some(hasUnknown);
    }
    return isObject(value) ? Object.values(value).some(hasUnknown) : value === UNKNOWN;
}

function isJsonText(value: string): boolean {
    return /^\s*[[{]/.test(value);
}

function sameJson(left: string, right: string): boolean {
    try {
        return isJsonText(left) && isJsonText(right) && equal(JSON.parse(left), JSON.parse(right));
    } catch {
        return false;
    }
}

/** Deep equality; assets compare by hash, JSON documents by content. */
export function equal(left: unknown, right: unknown): boolean {
    if (left === right) {
        return true;
    }
    if (typeof left === "string" && typeof right === "string") {
        return sameJson(left, right);
    }
    if (Array.isArray(left) && Array.isArray(right)) {
        return left.length === right.length && left.every((entry, index) => equal(entry, right[index]));
    }
    if (!isObject(left) || !isObject(right)) {
        return false;
    }
    if (left[SIGNATURE] !== undefined && left.hash && right.hash) {
        return left.hash === right.hash;
    }
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => equal(left[key], right[key]));
}

/** An optional text property. */
export const str = (props: Props, key: string): string | undefined =>
    props[key] === undefined || props[key] === null ? undefined : String(props[key]);

/** A text property that must be there. */
export function must(props: Props, key: string): string {
    const value = str(props, key);
    if (value === undefined || value === "") {
        throw new Error(`property "${key}" is required`);
    }
    return value;
}

/** An optional number property. */
export const num = (props: Props, key: string): number | undefined =>
    props[key] === undefined || props[key] === null ? undefined : Number(props[key]);

/** An optional boolean property. */
export const bool = (props: Props, key: string): boolean | undefined =>
    props[key] === undefined || props[key] === null
        ? undefined
        : props[key] === true || props[key] === "true";

/** A list property; absent means empty. */
export const list = <T = unknown>(props: Props, key: string): T[] =>
    Array.isArray(props[key]) ? (props[key] as T[]) : [];

/** A nested object property; absent means undefined. */
export const obj = (props: Props, key: string): Props | undefined =>
    isObject(props[key]) ? (props[key] as Props) : undefined;

const capital = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);

/** Property names of the SDK are those of Pulumi with a capital; `rename` names the exceptions. */
export function pascal<T = Props>(value: unknown, rename: Record<string, string> = {}): T {
    const convert = (entry: unknown): unknown => {
        if (Array.isArray(entry)) {
            return entry.map(convert);
        }
        if (!isObject(entry)) {
            return entry;
        }
        return Object.fromEntries(
            Object.entries(entry).map(([key, inner]) => [rename[key] ?? capital(key), convert(inner)]),
        );
    };
    return convert(value) as T;
}

/** The properties named, those that are set. */
export const pick = (props: Props, keys: readonly string[]): Props =>
    Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));

/** The tags of a resource as a string map. */
export const tagMap = (props: Props, key = "tags"): Record<string, string> =>
    Object.fromEntries(Object.entries(obj(props, key) ?? {}).map(([name, value]) => [name, String(value)]));

/** The tags as the `[{Key, Value}]` list most services want; undefined when there are none. */
export function tagList(props: Props, key = "tags"): { Key: string; Value: string }[] | undefined {
    const entries = Object.entries(tagMap(props, key)).map(([Key, Value]) => ({ Key, Value }));
    return entries.length > 0 ? entries : undefined;
}

/** What has to be set and removed to get from one tag map to another. */
export function tagChanges(olds: Props, news: Props): { set: Record<string, string>; remove: string[] } {
    const before = tagMap(olds, "tagsAll");
    const after = tagMap(news);
    return {
        set: Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value)),
        remove: Object.keys(before).filter((key) => !(key in after)),
    };
}

/** Whether an SDK error says that the thing is not there. */
export function isNotFound(error: unknown): boolean {
    const {
        name = "",
        message = "",
        Code = "",
        $metadata,
    } = error as {
        name?: string;
        message?: string;
        Code?: string;
        $metadata?: { httpStatusCode?: number };
    };
    return (
        /NotFound|NoSuch|NonExistent|DoesNotExist|WAFNonexistentItem/i.test(`${name} ${Code}`) ||
        $metadata?.httpStatusCode === 404 ||
        /does not exist|not found/i.test(message)
    );
}

/** Runs a call; undefined when the thing is not there. */
export async function orMissing<T>(call: Promise<T>): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (isNotFound(error)) {
            return undefined;
        }
        throw error;
    }
}
