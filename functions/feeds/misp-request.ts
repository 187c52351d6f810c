import { isIP } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { MispError } from "./misp-error";

export interface MispRequest {
    /** Base URL, `https://misp.example`; plain http is accepted for this host's own addresses only. */
    readonly url: string;
    /** API key. It needs read rights only; its user must see the feeds' events. */
    readonly key: string;
    readonly body: Record<string, unknown>;
    readonly fetch?: typeof fetch;
    /** Longest wait in seconds for a used-up rate limit to be reset. @default 120 */
    readonly longestWait?: number;
    /** Milliseconds a request may take. @default 120000 */
    readonly timeout?: number;
    /** For tests. */
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** A page of `/attributes/restSearch`. */
export interface MispPage {
    readonly rows: readonly object[];
    /** X-Result-Count: rows read for this page, plus one at times. Not the total. */
    readonly resultCount: number;
    /** X-Skipped-Elements-Count: rows dropped after LIMIT. */
    readonly skipped: number;
}

const RETRIES = 3;

/** One page of a search. Server and connection errors are retried, a rate limit is waited for. */
export async function searchPage(request: MispRequest): Promise<MispPage> {
    const endpoint = searchUrl(request.url);
    const key = request.key.trim();
    if (!/^[\x21-\x7e]+$/.test(key)) {
        throw new MispError(
            "configuration",
            "the MISP key is empty or holds a space: give the bare key, no 'Bearer'",
        );
    }
    const sleep = request.sleep ?? delay;
    for (let attempt = 0; ; attempt++) {
        try {
            return await attemptPage(endpoint, key, request);
        } catch (error) {
            const wait =
                attempt < RETRIES ? waitBeforeRetry(error, attempt, request.longestWait ?? 120) : undefined;
            if (wait === undefined) {
                throw error;
            }
            await sleep(wait);
        }
    }
}

/** A 429, with what the server says about its end. */
class RateLimited extends MispError {
    constructor(readonly resetSeconds: number) {
        super(
            "rate-limit",
            `MISP's rate limit is used up for ${resetSeconds} s: raise the role's limit or run less`,
        );
    }
}

function waitBeforeRetry(error: unknown, attempt: number, longestWait: number): number | undefined {
    if (error instanceof RateLimited) {
        return error.resetSeconds <= longestWait ? (error.resetSeconds + 1) * 1000 : undefined;
    }
    const transient = error instanceof MispError && (error.kind === "server" || error.kind === "unreachable");
    return transient ? 1000 * 2 ** attempt : undefined;
}

async function attemptPage(endpoint: string, key: string, request: MispRequest): Promise<MispPage> {
    let response: Response;
    let text: string;
    try {
        response = await (request.fetch ?? fetch)(endpoint, {
            method: "POST",
            // Without Content-Type MISP ignores the body and returns everything; without Accept it redirects to a login.
            headers: { authorization: key, accept: "application/json", "content-type": "application/json" },
            body: JSON.stringify(request.body),
            redirect: "manual",
            signal: AbortSignal.timeout(request.timeout ?? 120_000),
        });
        text = await response.text();
    } catch (error) {
        throw new MispError("unreachable", `MISP at ${endpoint} does not answer: ${reasonOf(error)}`, {
            cause: error,
        });
    }
    if (response.status !== 200) {
        throw errorOf(response, text);
    }
    const rows = rowsOf(text);
    return {
        rows,
        resultCount: numberOf(response.headers.get("x-result-count")),
        skipped: numberOf(response.headers.get("x-skipped-elements-count")),
    };
}

function errorOf(response: Response, text: string): MispError {
    const { status } = response;
    const message = messageOf(text);
    if (status === 429) {
        return new RateLimited(numberOf(response.headers.get("x-rate-limit-reset")) || 900);
    }
    if (status >= 300 && status < 400) {
        return new MispError(
            "configuration",
            `MISP redirects (${status}) to ${response.headers.get("location")}: is the URL its base URL and is it live?`,
        );
    }
    if (status === 403 || status === 401) {
        return new MispError("authentication", `MISP refuses the key (${status}): ${message}`);
    }
    if (status >= 500) {
        return new MispError("server", `MISP fails (${status}): ${message}`);
    }
    return new MispError("request", `MISP refuses the search (${status}): ${message}`);
}

function rowsOf(text: string): readonly object[] {
    let parsed: { response?: { Attribute?: unknown } } | null;
    try {
        parsed = JSON.parse(text) as typeof parsed;
    } catch (error) {
        throw new MispError("response", `MISP's answer is not JSON: ${excerpt(text)}`, { cause: error });
    }
    const rows = parsed?.response?.Attribute;
    if (!Array.isArray(rows)) {
        throw new MispError("response", `MISP's answer has no response.Attribute list: ${excerpt(text)}`);
    }
    return rows.filter((row): row is object => typeof row === "object" && row !== null);
}

function messageOf(text: string): string {
    try {
        const { message } = JSON.parse(text) as { message?: unknown };
        return typeof message === "string" ? message : excerpt(text);
    } catch {
        return excerpt(text);
    }
}

function searchUrl(base: string): string {
    const url = URL.canParse(base) ? new URL(base) : undefined;
    if (!url || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))) {
        throw new MispError(
            "configuration",
            `MISP's URL must begin with https://, not ${JSON.stringify(base)}`,
        );
    }
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}/attributes/restSearch`;
}

function isLoopback(host: string): boolean {
    return host === "localhost" || host === "[::1]" || (isIP(host) === 4 && host.startsWith("127."));
}

function reasonOf(error: unknown): string {
    const { cause } = error as { cause?: { code?: string; message?: string } };
    return cause?.code ?? cause?.message ?? (error as Error).message;
}

function numberOf(header: string | null): number {
    const value = Number(header ?? 0);
    return Number.isFinite(value) ? value : 0;
}

function excerpt(text: string): string {
    return JSON.stringify(
        text
            .replace(/<[^>]*>/g, " ")
            .replace(/\s+/g, " ")
            .trim()
            .slice(0, 120),
    );
}
