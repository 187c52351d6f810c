import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";

const CONNECT_MS = 10_000;
const STALL_MS = 60_000;

/** @returns the answer; @throws when there is none within ten seconds */
async function request(url: string, controller = new AbortController()): Promise<Response> {
    const timer = setTimeout(() => controller.abort(new Error("no answer within 10 s")), CONNECT_MS);
    try {
        return await fetch(url, { signal: controller.signal });
    } finally {
        clearTimeout(timer);
    }
}

/** Downloads to a file; nothing is left behind when it fails. @param percent told 0 to 100, each once */
export async function download(url: string, file: string, percent: (done: number) => void): Promise<void> {
    const controller = new AbortController();
    const answer = await request(url, controller);
    if (!answer.ok || !answer.body) {
        await answer.body?.cancel();
        throw new Error(`answer ${answer.status}`);
    }
    const total = Number(answer.headers.get("content-length") ?? 0);
    const stalled = () => controller.abort(new Error("no data for 60 s"));
    let timer = setTimeout(stalled, STALL_MS);
    let bytes = 0;
    let last = -1;
    const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
    body.on("data", (chunk: Buffer) => {
        clearTimeout(timer);
        timer = setTimeout(stalled, STALL_MS);
        bytes += chunk.length;
        const done = total > 0 ? Math.min(100, Math.floor((bytes * 100) / total)) : 0;
        if (done !== last) {
            percent((last = done));
        }
    });
    try {
        await pipeline(body, createWriteStream(file));
        if (total > 0 && bytes !== total) {
            throw new Error(`${bytes} of ${total} bytes came`);
        }
    } catch (error) {
        await rm(file, { force: true });
        throw error;
    } finally {
        clearTimeout(timer);
    }
}

/** @returns a small text file, undefined when there is none */
export async function downloadText(url: string): Promise<string | undefined> {
    const answer = await request(url);
    if (!answer.ok) {
        await answer.body?.cancel();
        return undefined;
    }
    return answer.text();
}

/** @returns the file's digest in hexadecimal */
export async function digest(file: string, algorithm: "sha1" | "sha256" | "sha512"): Promise<string> {
    const hash = createHash(algorithm);
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
}

/** @returns why an attempt failed, in a few words and without a host name */
export function reason(error: unknown): string {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const { code, message } = cause as { code?: string; message?: string };
    return code ?? message ?? String(error);
}
