import { download, downloadIfChanged, validatorsIn } from "./download";
import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { listBytes } from "./list-bytes";
import { listPages, progressIn } from "./list-pages";
import { FeedTools } from "./registry";

export interface ListFormat {
    /** `https://` or `s3://bucket/key`. */
    readonly url: string;
    /** What, besides the file, decides about the values: with another one the file counts as changed. */
    readonly key: string;
    /** Values of the list, some at once. */
    readonly values: (bytes: AsyncIterable<Uint8Array>) => AsyncIterable<readonly FeedValue[]>;
}

/** Reads a list that is one file: always whole, unless its server says that it has not changed. */
export function listReader({ url, key, values }: ListFormat, tools: FeedTools): FeedReader {
    const source = `${key} ${url}`;
    return {
        async *read({ memory, resume }: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
            const known = resume === undefined && memory?.source === source ? validatorsIn(memory) : {};
            let file = await downloadIfChanged(url, tools, known);
            if (!file) {
                return { pass: "unchanged", memory };
            }
            const done = progressIn(resume);
            const goesOn = yield* listPages(values(listBytes(file)), {
                done,
                restarted: resume !== undefined && done === undefined,
            });
            if (!goesOn) {
                file = await download(url, tools);
                yield* listPages(values(listBytes(file)), { restarted: true });
            }
            return { pass: "full", memory: { source, ...file.validators } };
        },
    };
}
