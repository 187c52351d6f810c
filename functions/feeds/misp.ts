export { MispError } from "./misp-error";
import { MispError } from "./misp-error";
import { MispRequest, searchPage } from "./misp-request";

/** Attribute types asked for: what can be matched against logs or blocked. */
export const MISP_TYPES = [
    "ip-src",
    "ip-dst",
    "ip-src|port",
    "ip-dst|port",
    "domain",
    "hostname",
    "domain|ip",
    "url",
] as const;

/** One value of an attribute; a composite attribute gives one for each part that can be looked up. */
export interface MispSighting {
    readonly value: string;
    /** MISP type of the part: `ip-src`, `ip-dst`, `domain`, `hostname` or `url`. */
    readonly type: string;
    readonly comment?: string;
    /** ISO 8601: the attribute's last change. */
    readonly seen: string;
}

export interface MispOptions extends Omit<MispRequest, "body"> {
    /** Rows of attributes or of events that carry one of these tags. `%` is a wildcard, `!` negates. */
    readonly tags: readonly string[];
    /** @default 5000 */
    readonly pageSize?: number;
}

/** A row of the answer, as far as it is read. */
interface Attribute {
    readonly uuid?: unknown;
    readonly type?: unknown;
    readonly value?: unknown;
    readonly to_ids?: unknown;
    readonly timestamp?: unknown;
    readonly comment?: unknown;
}

/**
 * Reads all live attributes marked for detection under the tags, page by page.
 * It is always a full pass: MISP tells nothing of a hard delete, so only a full pass knows what is gone.
 */
export async function* readMisp(options: MispOptions): AsyncGenerator<MispSighting> {
    const limit = options.pageSize ?? 5000;
    assertOptions(options, limit);
    const seen = new Set<string>();
    for (let page = 1; ; page++) {
        const answer = await searchPage({ ...options, body: searchBody(options.tags, limit, page) });
        let fresh = 0;
        for (const row of answer.rows as readonly Attribute[]) {
            assertFiltered(row);
            const uuid = String(row.uuid);
            if (seen.has(uuid)) {
                continue;
            }
            seen.add(uuid);
            fresh++;
            if (row.to_ids !== false) {
                yield* sightingsOf(row);
            }
        }
        if (answer.rows.length > 0 && fresh === 0) {
            throw new MispError(
                "response",
                `MISP sent page ${page} with rows of earlier pages only: a proxy before it may drop the request's body`,
            );
        }
        // X-Result-Count is no total: rows dropped after LIMIT count too, so an empty page need not be the last.
        if (answer.resultCount < limit && answer.rows.length + answer.skipped < limit) {
            return;
        }
    }
}

function searchBody(tags: readonly string[], limit: number, page: number): Record<string, unknown> {
    return {
        returnFormat: "json",
        tags,
        to_ids: 1,
        type: MISP_TYPES,
        order: "Attribute.id asc",
        limit,
        page,
    };
}

function assertOptions({ tags }: MispOptions, limit: number): void {
    if (!tags.some((tag) => tag && !tag.startsWith("!"))) {
        throw new MispError(
            "configuration",
            "no MISP tag is configured: an empty tag filter would return every attribute",
        );
    }
    if (!Number.isInteger(limit) || limit < 2) {
        throw new MispError("configuration", `MISP page size must be a whole number from 2 on, not ${limit}`);
    }
}

/** A server (or a proxy before it) that lost the request's body answers 200 with everything it has. */
function assertFiltered({ type }: Attribute): void {
    if (!(MISP_TYPES as readonly unknown[]).includes(type)) {
        throw new MispError(
            "response",
            `MISP sent an attribute of type ${JSON.stringify(type)} that was not asked for: it ignored the filter`,
        );
    }
}

function* sightingsOf({ type, value, timestamp, comment }: Attribute): Generator<MispSighting> {
    const text = String(value ?? "").trim();
    const base = { seen: isoTime(timestamp), ...(comment ? { comment: String(comment) } : {}) };
    if (type === "domain|ip") {
        const [domain, ip] = splitOnce(text);
        yield { ...base, type: "domain", value: domain };
        yield { ...base, type: "ip-dst", value: ip };
    } else if (type === "ip-src|port" || type === "ip-dst|port") {
        yield { ...base, type: type.slice(0, -"|port".length), value: splitOnce(text)[0] };
    } else {
        yield { ...base, type: String(type), value: text };
    }
}

function splitOnce(text: string): [string, string] {
    const bar = text.indexOf("|");
    return bar < 0 ? [text, ""] : [text.slice(0, bar).trim(), text.slice(bar + 1).trim()];
}

function isoTime(epochSeconds: unknown): string {
    const seconds = Number(epochSeconds);
    const valid = Number.isFinite(seconds) && seconds > 0 && seconds < 8e12;
    return new Date(valid ? seconds * 1000 : Date.now()).toISOString();
}
