import { Dispatcher } from "undici";
import { FeedAuth, FeedTls } from "./definition";
import { FeedError } from "./feed-error";
import { chunksOf, decoded, ENCODINGS, textOf } from "./http-body";
import { FeedConnections } from "./http-dispatcher";
import { transportError } from "./http-error";
import { feedUrl } from "./http-url";

export interface FeedRequest {
    /** @default "GET" */
    readonly method?: "GET" | "POST";
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** Follow up to five redirects, to https only and without the secret once the host changes. @default false */
    readonly redirect?: boolean;
}

export interface FeedResponse {
    readonly status: number;
    /** Of the last request, after redirects. */
    readonly url: string;
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string | undefined>>;
    /** Content encodings undone. Must be read to its end, or left by `cancel`. */
    readonly body: AsyncIterable<Uint8Array>;
    /** @throws FeedError when it is longer than `maxBytes` (default 64 MiB) */
    text(maxBytes?: number): Promise<string>;
    cancel(): Promise<void>;
}

/** Requests to one feed's server: its certificate checked, its secret sent, faults as `FeedError`. */
export interface FeedHttp {
    /** @throws FeedError `unreachable` when there is no answer, `configuration` for a URL that is not https */
    request(url: string, request?: FeedRequest): Promise<FeedResponse>;
    close(): Promise<void>;
}

export interface FeedHttpOptions {
    readonly auth?: FeedAuth;
    readonly secret?: string;
    readonly tls?: FeedTls;
    /** Milliseconds without a byte. @default 60000 */
    readonly timeout?: number;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MOST_REDIRECTS = 5;

/**
 * @throws FeedError `configuration` for a secret that is missing or cannot be sent, or a certificate that is none
 */
export function feedHttp({ auth, secret, tls, timeout = 60_000 }: FeedHttpOptions = {}): FeedHttp {
    const secrets = auth === undefined ? {} : authHeaders(auth, secret);
    const connections = new FeedConnections(tls, timeout);
    const once = async (url: URL, request: FeedRequest, withSecret: boolean): Promise<FeedResponse> => {
        try {
            const answer = await connections.for(url).request({
                origin: url.origin,
                path: url.pathname + url.search,
                method: request.method ?? "GET",
                headers: {
                    "user-agent": "SyntheticSun",
                    "accept-encoding": ENCODINGS,
                    ...lowerCase(request.headers ?? {}),
                    ...(withSecret ? secrets : {}),
                },
                body: request.body,
            });
            return responseOf(answer, url);
        } catch (error) {
            throw transportError(error, url);
        }
    };
    return {
        async request(text, request = {}) {
            let url = feedUrl(text);
            let withSecret = true;
            for (let redirects = 0; ; redirects++) {
                const response = await once(url, request, withSecret);
                const { location } = response.headers;
                if (!request.redirect || location === undefined || !REDIRECTS.has(response.status)) {
                    return response;
                }
                await response.cancel();
                if (redirects === MOST_REDIRECTS) {
                    throw new FeedError(
                        "response",
                        `${url.host} redirects more than ${MOST_REDIRECTS} times`,
                    );
                }
                const next = redirected(url, location);
                withSecret &&= next.origin === url.origin;
                url = next;
            }
        },
        close: () => connections.close(),
    };
}

function redirected(from: URL, location: string): URL {
    const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
    if (to?.protocol !== from.protocol) {
        throw new FeedError("response", `${from.host} redirects to what is no https URL: not followed`);
    }
    return feedUrl(to.href);
}

function responseOf(answer: Dispatcher.ResponseData, url: URL): FeedResponse {
    const headers: Record<string, string | undefined> = {};
    for (const [name, value] of Object.entries(answer.headers)) {
        headers[name] = Array.isArray(value) ? value.join(", ") : value;
    }
    const empty = answer.statusCode === 204 || answer.statusCode === 304 || headers["content-length"] === "0";
    const stream = decoded(answer.body, empty ? undefined : headers["content-encoding"], url);
    // An error that comes before somebody reads is not lost: reading gives it.
    stream.on("error", () => undefined);
    const body = chunksOf(stream, url);
    return {
        status: answer.statusCode,
        url: url.href,
        headers,
        body,
        text: (maxBytes) => textOf(body, url.host, maxBytes),
        cancel: async () => {
            answer.body.destroy();
            stream.destroy();
        },
    };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function authHeaders(auth: FeedAuth, secret: string | undefined): Record<string, string> {
    const text = secret?.trim() ?? "";
    if (!/^[\x20-\x7e]+$/.test(text)) {
        throw new FeedError(
            "configuration",
            "the feed's secret is missing or empty, or holds a character that a header cannot: store it again",
        );
    }
    switch (auth.type) {
        case "header":
            return { [auth.name.toLowerCase()]: text };
        case "bearer":
            return { authorization: `Bearer ${text}` };
        case "basic":
            if (!text.includes(":")) {
                throw new FeedError("configuration", "the feed's secret must be user:password");
            }
            return { authorization: `Basic ${Buffer.from(text).toString("base64")}` };
    }
}
