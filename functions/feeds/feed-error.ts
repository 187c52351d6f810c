/** What kind of fault stopped a feed: `server` and `unreachable` may pass by themselves, the others will not. */
export type FeedErrorKind =
    "configuration" | "authentication" | "unreachable" | "server" | "request" | "response" | "rate-limit";

/** A feed that could not be read. The message says what is wrong and what to do; it never holds a secret. */
export class FeedError extends Error {
    override readonly name = "FeedError";

    constructor(
        readonly kind: FeedErrorKind,
        message: string,
        options?: ErrorOptions,
    ) {
        super(message, options);
    }
}
