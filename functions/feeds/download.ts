import { FeedMemory } from "./feed";
import { FeedError } from "./feed-error";
import { shownUrl } from "./http-url";
import { FeedTools } from "./registry";
import { s3Download } from "./s3-download";

/** What a server knows a version of a file by. */
export interface Validators {
    readonly etag?: string;
    /** As the server writes it. */
    readonly lastModified?: string;
}

/** A file of a feed that is being read. */
export interface Download {
    /** For messages. */
    readonly url: string;
    readonly validators: Validators;
    readonly contentType?: string;
    /** Fails when fewer bytes come than were announced. Must be read to its end, left by `break`, or cancelled. */
    readonly body: AsyncIterable<Uint8Array>;
    cancel(): Promise<void>;
}

/**
 * Asks for a file, unless it is still the version of the validators.
 * @param url `https://` or `s3://bucket/key`
 * @returns undefined when it is
 * @throws FeedError
 */
export async function downloadIfChanged(
    url: string,
    tools: FeedTools,
    known: Validators,
): Promise<Download | undefined> {
    return url.startsWith("s3:") ? s3Download(url, tools.s3, known) : httpDownload(url, tools, known);
}

/** Asks for a file, whatever was known of it. */
export async function download(url: string, tools: FeedTools): Promise<Download> {
    return (await downloadIfChanged(url, tools, {})) as Download;
}

/** @returns what an earlier pass remembers, whatever its memory holds */
export function validatorsIn(memory: FeedMemory | undefined): Validators {
    const { etag, lastModified } = memory ?? {};
    return {
        ...(typeof etag === "string" ? { etag } : {}),
        ...(typeof lastModified === "string" ? { lastModified } : {}),
    };
}

async function httpDownload(
    url: string,
    { http }: FeedTools,
    known: Validators,
): Promise<Download | undefined> {
    const { etag, lastModified } = known;
    const response = await http.request(url, {
        headers: {
            accept: "*/*",
            ...(etag === undefined ? {} : { "if-none-match": etag }),
            ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
        },
        redirect: true,
    });
    const { status, headers } = response;
    if (status !== 200) {
        await response.cancel();
        if (status === 304 && (etag ?? lastModified) !== undefined) {
            return undefined;
        }
        throw statusError(status, shownUrl(response.url));
    }
    return {
        url: shownUrl(response.url),
        validators: validatorsIn({ etag: headers.etag, lastModified: headers["last-modified"] }),
        contentType: headers["content-type"],
        body: response.body,
        cancel: response.cancel,
    };
}

function statusError(status: number, url: string): FeedError {
    if (status === 401 || status === 403) {
        return new FeedError(
            "authentication",
            `${url} refuses (${status}): check the feed's auth and its secret`,
        );
    }
    if (status === 429) {
        return new FeedError(
            "rate-limit",
            `${url} is asked too often (429): give the feed a slower schedule`,
        );
    }
    if (status >= 500) {
        return new FeedError("server", `${url} fails (${status})`);
    }
    return new FeedError("request", `${url} answers ${status} and no list: check the feed's URL`);
}
