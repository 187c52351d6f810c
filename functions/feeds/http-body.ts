import { pipeline, Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { FeedError } from "./feed-error";
import { transportError } from "./http-error";

const DECODERS: Readonly<Record<string, () => Transform>> = {
    gzip: () => createGunzip(),
    "x-gzip": () => createGunzip(),
    deflate: () => createInflate(),
    br: () => createBrotliDecompress(),
};

/** What `DECODERS` undoes, for `accept-encoding`. */
export const ENCODINGS = "gzip, deflate, br";

/**
 * @param header `content-encoding`
 * @throws FeedError `response` for an encoding that was not offered
 */
export function decoded(body: Readable, header: string | undefined, url: URL): Readable {
    const names = (header ?? "")
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== "" && name !== "identity");
    const unknown = names.find((name) => !Object.hasOwn(DECODERS, name));
    if (unknown !== undefined || names.length > 2) {
        body.destroy();
        throw new FeedError("response", `${url.host} encodes its answer in a way that was not offered`);
    }
    // The last one named was done last.
    return names.reverse().reduce<Readable>((stream, name) => {
        const decoder = DECODERS[name]();
        // The decoder is destroyed with the error of its source, which who reads it sees.
        pipeline(stream, decoder, () => undefined);
        return decoder;
    }, body);
}

/** @throws FeedError `unreachable` when the answer breaks off, `response` when it cannot be decoded */
export async function* chunksOf(stream: Readable, url: URL): AsyncGenerator<Uint8Array> {
    try {
        for await (const chunk of stream) {
            yield chunk as Uint8Array;
        }
    } catch (error) {
        throw transportError(error, url);
    }
}

/**
 * @param source for messages
 * @throws FeedError `response` when it is longer than `maxBytes`
 */
export async function textOf(
    body: AsyncIterable<Uint8Array>,
    source: string,
    maxBytes: number = 64 * 1024 * 1024,
): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body) {
        length += chunk.length;
        if (length > maxBytes) {
            throw new FeedError("response", `the answer of ${source} is longer than ${maxBytes} bytes`);
        }
        chunks.push(chunk);
    }
    return new TextDecoder().decode(Buffer.concat(chunks));
}
