import { S3Reader } from "../s3-object";
import { listKey } from "./feed-list";
import { PartWriter, readParts } from "./feed-list-parts";
import { IndicatorType } from "./indicator";

/** One indicator of a feed's list, in normal form. */
export interface ListedIndicator {
    readonly type: IndicatorType;
    readonly value: string;
    /** 0 to 100. */
    readonly confidence: number;
    /** Unix seconds: since when the feed knows it, where it says so. */
    readonly firstSeen?: number;
    /** Unix seconds: from then on it is no indicator any more. */
    readonly validUntil?: number;
    /** The feed takes it back. */
    readonly revoked?: true;
}

/** A value that was refused: in normal form if it has one, and no longer than 2,048 characters. */
export interface RefusedValue {
    readonly value: string;
    readonly reason: string;
}

/** Enough to find out why something is not blocked; a feed of nothing else must not fill the bucket. */
const REFUSED_LINES = 100_000;
const REFUSED_LENGTH = 2048;

/** Where a list goes: objects below `feeds/<feed>/<run>/`. */
export interface ListPlace {
    readonly s3: S3Reader;
    readonly bucket: string;
    readonly feed: string;
    readonly run: string;
}

/** Writes what a feed lists, and what of it was refused, in gzip parts of bounded size. */
export class FeedListWriter {
    private readonly indicators: PartWriter;
    private readonly refusals: PartWriter;

    private refusedLines = 0;

    constructor({ s3, bucket, feed, run }: ListPlace) {
        const parts = (what: "indicators" | "refused") =>
            new PartWriter(s3, bucket, (part) => listKey(feed, run, what, part));
        this.indicators = parts("indicators");
        this.refusals = parts("refused");
    }

    /** Counts the lines of refused values of earlier parts: a list ends at 100,000. */
    refusedBefore(lines: number): void {
        this.refusedLines += lines;
    }

    async add({ type, value, confidence, firstSeen, validUntil, revoked }: ListedIndicator): Promise<void> {
        await this.indicators.write(
            `${type}\t${value}\t${confidence}\t${firstSeen ?? ""}\t${validUntil ?? ""}\t${revoked ? "r" : ""}`,
        );
    }

    async refuse({ value, reason }: RefusedValue): Promise<void> {
        if (this.refusedLines++ < REFUSED_LINES) {
            await this.refusals.write(`${escape(value.slice(0, REFUSED_LENGTH))}\t${escape(reason)}`);
        }
    }

    /** Uploads what is left. @returns keys of everything written, in order */
    async finish(): Promise<{ parts: readonly string[]; refused: readonly string[] }> {
        await this.indicators.flush();
        await this.refusals.flush();
        return { parts: this.indicators.keys, refused: this.refusals.keys };
    }
}

/**
 * The indicators of a list in batches, one part in memory at a time. Values are slices of the part's text: whoever
 * keeps one keeps the text.
 * @param keys of the parts (`FeedList.parts`)
 * @throws Error naming the part that is missing or damaged
 */
export async function* readListParts(
    s3: S3Reader,
    bucket: string,
    keys: readonly string[],
): AsyncGenerator<readonly ListedIndicator[]> {
    yield* readParts(s3, bucket, keys, ([type, value, confidence, firstSeen, validUntil, revoked]) => ({
        type: type as IndicatorType,
        value,
        confidence: Number(confidence),
        ...(firstSeen && { firstSeen: Number(firstSeen) }),
        ...(validUntil && { validUntil: Number(validUntil) }),
        ...(revoked && { revoked: true as const }),
    }));
}

/**
 * What was refused of a list, and why, in batches.
 * @param keys of the parts (`FeedList.refused`)
 * @throws Error naming the part that is missing or damaged
 */
export async function* readRefusedParts(
    s3: S3Reader,
    bucket: string,
    keys: readonly string[],
): AsyncGenerator<readonly RefusedValue[]> {
    yield* readParts(s3, bucket, keys, ([value, reason]) => ({
        value: unescape(value),
        reason: unescape(reason),
    }));
}

function escape(text: string): string {
    return text.replace(/[\\\t\n\r]/g, (character) => `\\${SHORT[character]}`);
}

function unescape(text: string): string {
    return text.replace(/\\(.)/g, (_, letter: string) => LONG[letter] ?? letter);
}

const SHORT: Readonly<Record<string, string>> = { "\\": "\\", "\t": "t", "\n": "n", "\r": "r" };
const LONG: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r" };
