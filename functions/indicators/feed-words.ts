import { S3Reader } from "../s3-object";
import { Column } from "./column";
import { FeedList, FeedState, MergedRuns } from "./feed-list";
import { ListedIndicator, readListParts } from "./feed-list-file";
import { IndicatorType } from "./indicator";
import { Word } from "./merge";
import { ValueTable } from "./value-table";

const TYPES: readonly IndicatorType[] = ["ipv4", "ipv6", "cidr", "domain", "url"];
const NONE = -1;
/** In place of a confidence. */
const REVOKED = 255;
const NO_WORDS: ReadonlyMap<string, Word> = new Map();

/** A feed's lists that are not in the table yet, oldest first. */
export interface PendingLists {
    readonly feed: string;
    readonly lists: readonly FeedList[];
}

/** @returns the lists later than those merged, of each feed that has some */
export function pendingLists(states: readonly FeedState[], merged: MergedRuns): PendingLists[] {
    return states
        .map(({ feed, good, partials }) => ({
            feed,
            lists: [...(good ? [good] : []), ...partials].filter(({ run }) => run > (merged[feed] ?? "")),
        }))
        .filter(({ lists }) => lists.length > 0);
}

/**
 * What feeds say, by value. No object a word, but columns and a chain of the words of each value: 16 bytes a word and
 * 6 a value beside the value itself, however many feeds there are.
 */
export class FeedWords {
    private readonly values = new ValueTable();
    private readonly feeds: string[] = [];
    private readonly times: number[] = [];
    private readonly heads = new Column(Int32Array);
    private readonly types = new Column(Uint8Array);
    private readonly taken = new Column(Uint8Array);
    private words = 0;
    private readonly next = new Column(Int32Array);
    /** Index into `feeds` and `times`. */
    private readonly list = new Column(Uint16Array);
    /** Confidence, or `REVOKED`. */
    private readonly confidence = new Column(Uint8Array);
    /** Unix seconds, 0 where the feed does not say. */
    private readonly firstSeen = new Column(Uint32Array);
    private readonly validUntil = new Column(Uint32Array);

    /** Loads lists. A later list of a feed has the last word on a value. */
    static async load(s3: S3Reader, bucket: string, pending: readonly PendingLists[]): Promise<FeedWords> {
        const words = new FeedWords();
        for (const { feed, lists } of pending) {
            for (const { at, parts } of lists) {
                const list = words.begin(feed, Math.floor(Date.parse(at) / 1000));
                for await (const batch of readListParts(s3, bucket, parts)) {
                    batch.forEach((listed) => words.add(list, listed));
                }
            }
        }
        return words;
    }

    /** @returns what the feeds say of the value; it is not among `untaken` any more */
    take(value: string): ReadonlyMap<string, Word> {
        const index = this.values.find(value);
        if (index === NONE) {
            return NO_WORDS;
        }
        this.taken.array[index] = 1;
        return this.wordsOf(index);
    }

    /** Values that were not taken. */
    *untaken(): Generator<[value: string, words: ReadonlyMap<string, Word>]> {
        for (let index = 0; index < this.values.size; index++) {
            if (this.taken.array[index] === 0) {
                yield [this.values.value(index), this.wordsOf(index)];
            }
        }
    }

    private begin(feed: string, at: number): number {
        this.feeds.push(feed);
        return this.times.push(at) - 1;
    }

    private add(list: number, listed: ListedIndicator): void {
        const known = this.values.size;
        const index = this.values.add(listed.value);
        if (index === known) {
            this.heads.set(index, NONE);
            this.types.set(index, TYPES.indexOf(listed.type));
            this.taken.set(index, 0);
        }
        let word = this.heads.array[index];
        while (word !== NONE && this.feeds[this.list.array[word]] !== this.feeds[list]) {
            word = this.next.array[word];
        }
        if (word === NONE) {
            word = this.words++;
            this.next.set(word, this.heads.array[index]);
            this.heads.set(index, word);
            this.firstSeen.set(word, 0);
        }
        this.list.set(word, list);
        this.confidence.set(word, listed.revoked ? REVOKED : listed.confidence);
        this.firstSeen.set(word, listed.firstSeen ?? this.firstSeen.array[word]);
        this.validUntil.set(word, listed.validUntil ?? 0);
    }

    private wordsOf(index: number): ReadonlyMap<string, Word> {
        const words = new Map<string, Word>();
        for (let word = this.heads.array[index]; word !== NONE; word = this.next.array[word]) {
            const list = this.list.array[word];
            const confidence = this.confidence.array[word];
            words.set(this.feeds[list], {
                type: TYPES[this.types.array[index]],
                confidence,
                at: this.times[list],
                firstSeen: this.firstSeen.array[word] || undefined,
                validUntil: this.validUntil.array[word] || undefined,
                revoked: confidence === REVOKED,
            });
        }
        return words;
    }
}
