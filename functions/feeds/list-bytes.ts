import { gunzipIfNeeded, GunzipError } from "../gunzip";
import { Download } from "./download";
import { FeedError } from "./feed-error";

/** Bytes of a list, unpacked: more is no list but an attack. */
const MOST_BYTES = 4 * 1024 ** 3;

/** Enough of a file to tell a web page by. */
const HEAD_BYTES = 512;

/**
 * The bytes of a list: gzip files uncompressed, by their first bytes.
 * @throws FeedError `response` for a web page in place of a list, for damaged gzip, and for more than `mostBytes`
 */
export async function* listBytes(
    { url, contentType = "", body, cancel }: Download,
    mostBytes = MOST_BYTES,
): AsyncGenerator<Uint8Array> {
    if (/^text\/html\b|^application\/xhtml/i.test(contentType)) {
        await cancel();
        throw webPage(url);
    }
    let head = Buffer.alloc(0);
    let started = false;
    let length = 0;
    try {
        for await (const chunk of gunzipIfNeeded(body)) {
            length += chunk.length;
            if (length > mostBytes) {
                throw new FeedError("response", `${url} is longer than ${mostBytes} bytes: that is no list`);
            }
            if (started) {
                yield chunk;
                continue;
            }
            head = Buffer.concat([head, chunk]);
            if (head.length >= HEAD_BYTES) {
                started = true;
                assertList(head, url);
                yield head;
            }
        }
    } catch (error) {
        throw error instanceof GunzipError
            ? new FeedError("response", `${url} is damaged: ${error.message}`, { cause: error })
            : error;
    }
    if (!started && head.length > 0) {
        assertList(head, url);
        yield head;
    }
}

function assertList(head: Buffer, url: string): void {
    const text = head.toString("utf8", 0, HEAD_BYTES).replace(/^\ufeff?\s*/, "");
    if (/^<(?:!doctype|html|head|body|\?xml)/i.test(text)) {
        throw webPage(url);
    }
}

function webPage(url: string): FeedError {
    return new FeedError(
        "response",
        `${url} is a web page (HTML) and no list: open it in a browser, it may ask for a login or have moved`,
    );
}
