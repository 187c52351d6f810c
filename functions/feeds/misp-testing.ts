import assert from "node:assert/strict";
import { MispDefinition } from "./definition";
import { FeedEnd, FeedPage, FeedPosition, FeedValue } from "./feed";
import { FeedError, FeedErrorKind } from "./feed-error";
import { FeedHttp, FeedRequest, FeedResponse } from "./http";
import { openMisp } from "./misp";
import { FeedTools } from "./registry";

export const KEY = "k".repeat(40);

/** What a pass gave. */
export interface Pass {
    readonly values: readonly FeedValue[];
    readonly pages: readonly FeedPage[];
    readonly end: FeedEnd;
}

/** How a test reads; `position` is where it goes on. */
export interface PassOptions extends Partial<MispDefinition>, Pick<FeedTools, "http"> {
    readonly secret?: string;
    readonly sleep?: FeedTools["sleep"];
    readonly position?: FeedPosition;
}

/** Reads a pass to its end. */
export async function readPass({
    http,
    secret = KEY,
    sleep = async () => undefined,
    position = {},
    ...definition
}: PassOptions): Promise<Pass> {
    const base = { name: "misp", protocol: "misp", confidence: 80, ttlDays: 8, tags: ["T"] } as const;
    const s3 = { send: async () => assert.fail("MISP is not in S3") } as FeedTools["s3"];
    const reader = openMisp(
        { ...base, url: "https://misp.example", ...definition },
        { http, s3, secret, sleep, now: () => new Date() },
    );
    const pages: FeedPage[] = [];
    const reading = reader.read(position);
    for (;;) {
        const step = await reading.next();
        if (step.done) {
            return { values: pages.flatMap(({ values }) => values), pages, end: step.value };
        }
        pages.push(step.value);
    }
}

/** For `assert.rejects`: an error of the feed, in one line that does not hold the key. */
export function failsWith(kind: FeedErrorKind, message: RegExp) {
    return (error: unknown): true => {
        assert.ok(error instanceof FeedError, String(error));
        assert.equal(error.kind, kind, error.message);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /\n|kkkk/);
        return true;
    };
}

/** An answer as tests write it. */
export interface Answer {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly text: string;
}

export interface FakeHttp extends FeedHttp {
    readonly requests: readonly (FeedRequest & { readonly url: string })[];
}

/** Answers in order; one that is an error is thrown. */
export function answering(...answers: readonly (Answer | Error)[]): FakeHttp {
    const requests: (FeedRequest & { url: string })[] = [];
    return {
        requests,
        request: async (url, request = {}) => {
            requests.push({ ...request, url });
            const next = answers[requests.length - 1] ?? assert.fail(`request ${requests.length} too many`);
            if (next instanceof Error) {
                throw next;
            }
            return responseOf(url, next);
        },
        close: async () => undefined,
    };
}

function responseOf(url: string, { status = 200, headers = {}, text }: Answer): FeedResponse {
    const body = (async function* () {
        yield Buffer.from(text);
    })();
    return { status, url, headers, body, text: async () => text, cancel: async () => undefined };
}
