import { setTimeout as delay } from "node:timers/promises";
import { FeedError, FeedErrorKind } from "./feed-error";
import { FeedTools } from "./registry";

/** Seconds that a run waits when a server asks it to. */
const LONGEST_WAIT = 120;

/** A fault that passes, at the time that the server says if it says one. */
export class PassingError extends FeedError {
    constructor(
        kind: FeedErrorKind,
        message: string,
        /** Seconds to wait. */
        readonly retryAfter?: number,
    ) {
        super(kind, message);
    }
}

export interface RetryOptions {
    /** @default 3 */
    readonly retries?: number;
    /** What may pass by itself, besides a `PassingError`. @default server and unreachable */
    readonly kinds?: readonly FeedErrorKind[];
}

/**
 * Tries again what may pass by itself: after 1, 2, 4 … seconds, or when the server says, if that is within two minutes.
 * @throws the error of the last attempt
 */
export async function retrying<T>(
    { sleep = delay }: Pick<FeedTools, "sleep">,
    attempt: () => Promise<T>,
    { retries = 3, kinds = ["server", "unreachable"] }: RetryOptions = {},
): Promise<T> {
    for (let tries = 0; ; tries++) {
        try {
            return await attempt();
        } catch (error) {
            const passes =
                error instanceof PassingError || (error instanceof FeedError && kinds.includes(error.kind));
            const seconds = (error instanceof PassingError ? error.retryAfter : undefined) ?? 2 ** tries;
            if (!passes || tries >= retries || seconds > LONGEST_WAIT) {
                throw error;
            }
            await sleep(seconds * 1000);
        }
    }
}

/**
 * @param header `Retry-After`: seconds or an HTTP date
 * @returns seconds from now, 1 at least; undefined when it is neither
 */
export function retryAfter(header: string | undefined, now: Date): number | undefined {
    if (header === undefined) {
        return undefined;
    }
    const seconds = /^\d+$/.test(header)
        ? Number(header)
        : Math.ceil((Date.parse(header) - now.getTime()) / 1000);
    return Number.isNaN(seconds) ? undefined : Math.max(seconds, 1);
}
