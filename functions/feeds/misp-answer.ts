import { FeedError } from "./feed-error";
import { FeedResponse } from "./http";
import { MispAttribute } from "./misp-attribute";
import { PassingError } from "./retry";

/** A page of `/attributes/restSearch`. */
export interface MispPage {
    readonly rows: readonly MispAttribute[];
    /** X-Result-Count: rows read for this page, plus one at times. Not the total. */
    readonly resultCount: number;
    /** X-Skipped-Elements-Count: rows dropped after LIMIT. */
    readonly skipped: number;
}

/** Length of MISP's window in seconds, where it does not say when that ends. */
const RATE_WINDOW = 900;

/** What MISP says when it refuses a key, which its status does not tell, and what to do then. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
    [/authentication failed/i, "the key is wrong or expired, or its user disabled"],
    [/ip address/i, "add the address that the collector has outside to the key's allowed IPs"],
    [/permission/i, "give the key's user a role that may do this"],
];

/**
 * Reads the answer of a search.
 * @throws FeedError of the kind that status and message tell
 */
export async function pageOf(response: FeedResponse): Promise<MispPage> {
    const text = await response.text();
    if (response.status !== 200) {
        throw errorOf(response, text);
    }
    return {
        rows: rowsOf(text),
        resultCount: numberOf(response.headers["x-result-count"]),
        skipped: numberOf(response.headers["x-skipped-elements-count"]),
    };
}

function rowsOf(text: string): readonly MispAttribute[] {
    let parsed: { response?: { Attribute?: unknown } } | null;
    try {
        parsed = JSON.parse(text) as typeof parsed;
    } catch {
        // JSON.parse's own message quotes the answer, so it is no cause to keep.
        throw new FeedError(
            "response",
            `MISP's answer is not JSON: ${excerpt(text)}: is a proxy or a login page before it?`,
        );
    }
    const rows = parsed?.response?.Attribute;
    if (!Array.isArray(rows)) {
        throw new FeedError("response", `MISP's answer has no response.Attribute list: ${excerpt(text)}`);
    }
    return rows.filter((row): row is MispAttribute => typeof row === "object" && row !== null);
}

function errorOf({ status, headers }: FeedResponse, text: string): FeedError {
    const { message, invalid } = refusalOf(text);
    if (status === 429) {
        const reset = numberOf(headers["x-rate-limit-reset"]) || RATE_WINDOW;
        return new PassingError(
            "rate-limit",
            `MISP's rate limit is used up for ${reset} s: raise the role's limit or run less often`,
            reset + 1,
        );
    }
    if (status >= 300 && status < 400) {
        return new FeedError(
            "configuration",
            `MISP redirects (${status}) to ${excerpt(headers.location ?? "")}: is the URL its base URL and is it live?`,
        );
    }
    if ((status === 403 || status === 401) && !invalid) {
        const advice = REFUSALS.find(([pattern]) => pattern.test(message))?.[1];
        return new FeedError(
            "authentication",
            `MISP refuses the key (${status}): ${message}${advice ? `: ${advice}` : ""}`,
        );
    }
    return status >= 500
        ? new FeedError("server", `MISP fails (${status}): ${message}`)
        : new FeedError("request", `MISP refuses the search (${status}): ${message}`);
}

/** `invalid`: a field is not valid, which MISP answers with 403 as well. */
function refusalOf(text: string): { readonly message: string; readonly invalid: boolean } {
    try {
        const { message, errors } = JSON.parse(text) as { message?: unknown; errors?: unknown };
        return {
            message: excerpt(typeof message === "string" ? message : text),
            invalid: errors !== undefined,
        };
    } catch {
        return { message: excerpt(text), invalid: false };
    }
}

function numberOf(header: string | undefined): number {
    const value = Number(header ?? 0);
    return Number.isFinite(value) ? value : 0;
}

/** One line of what a server says, without tags. */
function excerpt(text: string): string {
    return JSON.stringify(
        text
            .slice(0, 10_000)
            .replace(/<[^<>]*>/g, " ")
            .replace(/\s+/g, " ")
            .trim()
            .slice(0, 160),
    );
}
