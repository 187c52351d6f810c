import { Json, Operation } from "./model";
import { Service } from "./service";

/** The operation that a request means, and its input as it was sent. */
export interface Found {
    readonly operation: Operation;
    readonly input: Json;
}

/** A request of the JSON protocols, which name the operation in a header. */
export function findJson(
    { operations }: Pick<Service, "operations">,
    target: string,
    body: Json,
): Found | undefined {
    const operation = operations.get(target.slice(target.indexOf(".") + 1));
    return operation && { operation, input: body };
}

/** A request of the REST protocol: method and path tell the operation, path and query have some of its input. */
export function findRest(
    { operations }: Pick<Service, "operations">,
    method: string,
    url: string,
    body: Json,
): Found | undefined {
    const { pathname, searchParams } = new URL(url, "http://stand-in");
    // A path with a word where others have a label is the better match.
    const candidates = [...operations.values()]
        .filter(({ http }) => http?.[0] === method)
        .sort((a, b) => labelsOf(a).length - labelsOf(b).length);
    for (const operation of candidates) {
        const labels = matchPath(operation, pathname);
        if (labels) {
            return { operation, input: { ...body, ...labels, ...fromQuery(operation, searchParams) } };
        }
    }
    return undefined;
}

function labelsOf({ http }: Operation): string[] {
    return http?.[1].match(/\{\w+\}/g) ?? [];
}

function matchPath(operation: Operation, pathname: string): Json | undefined {
    const wanted = operation.http?.[1].split("?")[0].split("/") ?? [];
    const parts = pathname.split("/");
    const labels: Json = {};
    const fits = wanted.every((word, index) => {
        const label = /^\{(\w+)\}$/.exec(word)?.[1];
        if (label && parts[index]) {
            labels[label] = decodeURIComponent(parts[index]);
        }
        return label ? Boolean(parts[index]) : word === parts[index];
    });
    return fits && parts.length === wanted.length ? labels : undefined;
}

function fromQuery({ input }: Operation, query: URLSearchParams): Json {
    const found: Json = {};
    for (const [name, member] of input.structIterator()) {
        const key = member.getMergedTraits().httpQuery;
        if (typeof key === "string" && query.has(key)) {
            found[name] = member.isListSchema()
                ? query.getAll(key)
                : member.isNumericSchema()
                  ? Number(query.get(key))
                  : query.get(key);
        }
    }
    return found;
}
