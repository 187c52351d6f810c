import { FeedAuth, FeedTls } from "./definition";

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
