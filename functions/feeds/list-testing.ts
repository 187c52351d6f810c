import { createHash } from "node:crypto";
import { RequestListener } from "node:http";
import { Readable } from "node:stream";
import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { FeedError, FeedErrorKind } from "./feed-error";
import { feedHttp } from "./http";
import { FeedTools } from "./registry";

/** What a feed's reader needs, for tests with real servers. */
export function listTools(s3: FeedTools["s3"] = bucketOf({})): FeedTools {
    return { http: feedHttp({ timeout: 5000 }), s3, now: () => new Date(), sleep: async () => undefined };
}

/** Reads a pass to its end, or as far as `pages` go. */
export async function readList(
    reader: FeedReader,
    position: FeedPosition = {},
): Promise<{ readonly pages: FeedPage[]; readonly values: FeedValue[]; readonly end: FeedEnd }> {
    const pages: FeedPage[] = [];
    const reading = reader.read(position);
    for (;;) {
        const step = await reading.next();
        if (step.done) {
            return { pages, values: pages.flatMap(({ values }) => values), end: step.value };
        }
        pages.push(step.value);
    }
}

export const textsOf = (values: readonly FeedValue[]): string[] => values.map(({ value }) => value);

/** For `assert.rejects`. */
export const isFeedError = (kind: FeedErrorKind, pattern: RegExp) => (error: unknown) =>
    error instanceof FeedError && error.kind === kind && pattern.test(error.message);

/** Serves files by their path, with entity tags as servers do; content can be changed. */
export function filesServer(files: Record<string, string | Uint8Array>): RequestListener {
    return (request, response) => {
        const content = files[request.url ?? ""];
        if (content === undefined) {
            response.writeHead(404).end("<html>not found</html>");
            return;
        }
        const etag = tagOf(content);
        const unchanged = request.headers["if-none-match"] === etag;
        response.writeHead(unchanged ? 304 : 200, { etag });
        response.end(unchanged ? undefined : content);
    };
}

/** A bucket that answers GetObject with a stream. */
export function bucketOf(objects: Record<string, string | Uint8Array>): FeedTools["s3"] {
    // The signature of the real client depends on the command.
    const send = async ({ input }: { input: { Bucket: string; Key: string; IfNoneMatch?: string } }) => {
        const content = objects[`${input.Bucket}/${input.Key}`];
        if (content === undefined) {
            throw Object.assign(new Error("no"), { name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
        }
        const ETag = tagOf(content);
        if (input.IfNoneMatch === ETag) {
            throw Object.assign(new Error("no"), { name: "304", $metadata: { httpStatusCode: 304 } });
        }
        const bytes = Buffer.from(content as string);
        return { ETag, ContentLength: bytes.length, Body: Readable.from([bytes]) };
    };
    return { send } as never;
}

function tagOf(content: string | Uint8Array): string {
    return `"${createHash("md5").update(content).digest("hex")}"`;
}
