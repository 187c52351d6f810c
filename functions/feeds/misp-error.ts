export type MispErrorKind =
    /** Settings are wrong: no https, no tag, a redirect to the login page. */
    | "configuration"
    /** No connection, or it broke off or timed out. */
    | "unreachable"
    /** The key is not accepted or lacks a right: the message is the only way to tell. */
    | "authentication"
    /** The answer is not what the contract says: no JSON, or the filter was ignored. */
    | "response"
    /** MISP refuses the request itself (400, 404, 405). */
    | "request"
    /** The role's search quota is used up for longer than a run can wait. */
    | "rate-limit"
    /** 5xx, also after retries. */
    | "server";

/** Why a MISP run ended. The message is one line and never holds the key. */
export class MispError extends Error {
    constructor(
        readonly kind: MispErrorKind,
        message: string,
        options?: { cause?: unknown },
    ) {
        super(message, options);
        this.name = "MispError";
    }
}
