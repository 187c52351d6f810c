import { createHash } from "node:crypto";
import { FeedMemory, FeedPage, FeedValue } from "./feed";

const PAGE_VALUES = 5000;

/** How far a list was read: the content of `FeedPage.resume`. */
export interface ListProgress {
    readonly values: number;
    /** SHA-256 of those values, hex. */
    readonly digest: string;
}

/** @returns what an earlier run left, undefined when it cannot be used */
export function progressIn(resume: FeedMemory | undefined): ListProgress | undefined {
    const { values, digest } = resume ?? {};
    return typeof values === "number" && typeof digest === "string" ? { values, digest } : undefined;
}

/**
 * Pages of a list, after what was read before. That is known again by its values, and not by what the server says of its
 * version: what comes behind them may have changed since.
 * @param restarted whether the first page says so
 * @returns false, before any page, when the list does not begin with what was read before
 */
export async function* listPages(
    batches: AsyncIterable<readonly FeedValue[]>,
    { done, restarted = false }: { readonly done?: ListProgress; readonly restarted?: boolean } = {},
): AsyncGenerator<FeedPage, boolean> {
    const digest = createHash("sha256");
    const skip = done?.values ?? 0;
    let count = 0;
    let values: FeedValue[] = [];
    let first = restarted;
    const page = (): FeedPage => {
        const resume = { values: count, digest: digest.copy().digest("hex") };
        const made: FeedPage = { values, resume, ...(first ? { restarted: true } : {}) };
        first = false;
        values = [];
        return made;
    };
    for await (const batch of batches) {
        for (const value of batch) {
            digest.update(`${value.value}\n`);
            count++;
            if (count > skip) {
                values.push(value);
                if (values.length === PAGE_VALUES) {
                    yield page();
                }
            } else if (count === skip && digest.copy().digest("hex") !== done?.digest) {
                return false;
            }
        }
    }
    if (count < skip) {
        return false;
    }
    if (values.length > 0 || first) {
        yield page();
    }
    return true;
}
