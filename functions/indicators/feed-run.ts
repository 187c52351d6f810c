import { FeedEnd, FeedMemory, FeedReader } from "../feeds/feed";
import { FeedError } from "../feeds/feed-error";
import { S3Reader } from "../s3-object";
import { FeedPass, Refuser } from "./collecting";
import { FeedCounts, FeedList, FeedState, HeldList } from "./feed-list";
import { readState, removeUnnamed, runIds, StateConflict, StoredState, writeState } from "./feed-state";
import { judge } from "./guard";
import { GuardSettings } from "./settings";

/** What a run works with once the feed can be asked. */
export interface OpenedFeed {
    readonly reader: FeedReader;
    readonly safety: Refuser;
    close(): Promise<void>;
}

export interface FeedRunOptions {
    readonly s3: S3Reader;
    readonly bucket: string;
    readonly feed: string;
    /** Of values of which the feed does not say how certain they are. */
    readonly confidence: number;
    readonly guard: GuardSettings;
    /** Changes with whatever decides what becomes of the feed's values: then everything is read again. */
    readonly fingerprint: string;
    /** A FeedError or what AWS throws is a failure of this feed. */
    readonly open: () => Promise<OpenedFeed>;
    readonly now: () => Date;
    /** Milliseconds left. */
    readonly remaining: () => number;
    /** Let this run's list through, whatever it changes. */
    readonly accept?: boolean;
    /** The pass to go on with. */
    readonly continue?: string;
}

/** What became of a run. */
export interface FeedRunResult {
    /** `superseded`: another run goes on in this one's place. */
    readonly outcome: Outcome | "superseded";
    readonly run: string;
    readonly counts?: FeedCounts;
    readonly added?: number;
    readonly removed?: number;
    readonly held?: HeldList;
    /** What is wrong and what to do. */
    readonly error?: string;
    /** What was thrown, where it may pass by itself: the run should be repeated. */
    readonly passing?: unknown;
    /** Indicators of the lists in force, as far as known without reading them. */
    readonly inForce: number;
}

/** A pass that was cut off longer ago is not gone on with: its feed is another by now. */
const STALE_AFTER = 3600_000;
/** More news than this since the last full list, and everything is read again. */
const MOST_PARTIALS = 100;

/**
 * Runs one pass over a feed, or a part of one, and keeps the result in the feed's state. Lists are written before the
 * state names them, so that a run that was interrupted leaves the state as it was.
 * @throws Error when the state cannot be read or written
 */
export async function runFeed(options: FeedRunOptions): Promise<FeedRunResult> {
    const stored = await readState(options.s3, options.bucket, options.feed);
    return new FeedRun(options, stored).go();
}

type Outcome = NonNullable<FeedState["last"]>["outcome"];

/** How a run ends, before it is kept. */
interface Settled {
    readonly outcome: Outcome;
    /** To the state. */
    readonly changes: Partial<FeedState>;
    /** To report. */
    readonly result?: Omit<FeedRunResult, "outcome" | "run" | "inForce">;
}

class FeedRun {
    private readonly startedAt: Date;
    /** Names what this invocation writes: two that go on from the same place do not write over each other. */
    private readonly id: string;
    private readonly running: FeedState["running"];

    constructor(
        private readonly options: FeedRunOptions,
        private readonly stored: StoredState,
    ) {
        this.startedAt = options.now();
        [this.id] = runIds(this.startedAt, 1);
        const { running, last } = stored.state;
        const cutOff = Date.parse(last?.at ?? running?.startedAt ?? "");
        this.running = this.startedAt.getTime() - cutOff < STALE_AFTER ? running : undefined;
    }

    private get superseded(): FeedRunResult {
        return { outcome: "superseded", run: this.run, inForce: inForce(this.stored.state) };
    }

    async go(): Promise<FeedRunResult> {
        const { continue: goOn } = this.options;
        if (goOn !== undefined && goOn !== this.running?.run) {
            return this.superseded;
        }
        try {
            return await this.keep(await this.settled());
        } catch (error) {
            if (error instanceof StateConflict) {
                return this.superseded;
            }
            throw error;
        }
    }

    private async settled(): Promise<Settled> {
        try {
            const opened = await this.options.open();
            try {
                const pass = this.passOf(opened);
                const outcome = await pass.run(opened.reader, this.memory());
                return "resume" in outcome
                    ? await this.cutOff(pass, outcome.resume)
                    : await this.ended(pass, outcome.end);
            } finally {
                await opened.close();
            }
        } catch (error) {
            return this.failed(error);
        }
    }

    /** Identifies the pass. */
    private get run(): string {
        return this.running?.run ?? this.id;
    }

    private passOf({ safety }: OpenedFeed): FeedPass {
        const { s3, bucket, feed, confidence, remaining } = this.options;
        return new FeedPass({
            place: { s3, bucket, feed, run: this.id },
            state: this.stored.state,
            earlier: this.running,
            safety,
            confidence,
            now: this.startedAt,
            remaining,
        });
    }

    /** Of the last pass, if what it learned still holds; without it, the feed is read as a whole. */
    private memory(): FeedMemory | undefined {
        const { good, partials, memory } = this.stored.state;
        const known = (good !== undefined || partials.length > 0) && partials.length < MOST_PARTIALS;
        return known && memory?.fingerprint === this.options.fingerprint
            ? (memory.reader as FeedMemory)
            : undefined;
    }

    private async cutOff(pass: FeedPass, resume: FeedMemory): Promise<Settled> {
        const startedAt = this.running?.startedAt ?? this.startedAt.toISOString();
        const running = { run: this.run, startedAt, resume, ...(await pass.written()) };
        return { outcome: "continued", changes: { running }, result: { counts: running.counts } };
    }

    private async ended(pass: FeedPass, end: FeedEnd): Promise<Settled> {
        const { state } = this.stored;
        const memory = end.memory && { fingerprint: this.options.fingerprint, reader: end.memory };
        if (end.pass === "unchanged") {
            const changes = { ...this.renewed(), memory: memory ?? state.memory };
            return { outcome: "unchanged", changes };
        }
        const { counts } = pass;
        const change = pass.comparison.change(end.pass);
        if (end.pass === "full" && !state.good && state.partials.length === 0 && change.after === 0) {
            throw new FeedError("response", emptyMessage(counts));
        }
        const { added, removed } = change;
        const reason = this.options.accept ? undefined : judge(change, this.options.guard);
        if (reason !== undefined) {
            const held = { run: this.run, at: this.startedAt.toISOString(), ...change, reason };
            return { outcome: "held", changes: { held }, result: { held, counts, added, removed } };
        }
        const list: FeedList = {
            run: this.run,
            pass: end.pass,
            at: this.startedAt.toISOString(),
            ...(await pass.written()),
        };
        const news = counts.indicators + pass.comparison.revoked > 0;
        const lists =
            end.pass === "full"
                ? { good: list, partials: [] }
                : { partials: news ? [...state.partials, list] : state.partials };
        const changes = { ...lists, memory, held: undefined };
        return { outcome: "collected", changes, result: { counts, added, removed } };
    }

    /** The same lists, seen again: runs of their own, so that they are merged again, in the same order. */
    private renewed(): Pick<FeedState, "good" | "partials" | "held"> {
        const { good, partials } = this.stored.state;
        if (!good && partials.length === 0) {
            throw new FeedError(
                "response",
                "the feed says that nothing changed, but nothing is known of it yet",
            );
        }
        const at = this.startedAt.toISOString();
        const runs = runIds(this.startedAt, partials.length + 1);
        return {
            good: good && { ...good, run: runs[0], at },
            partials: partials.map((list, index) => ({ ...list, run: runs[index + 1], at })),
            held: undefined,
        };
    }

    private failed(error: unknown): Settled {
        const lasting = error instanceof FeedError && error.kind !== "server" && error.kind !== "unreachable";
        const message = error instanceof Error ? error.message : String(error);
        // A repeated run goes on where the pass was cut off; after a fault that lasts there is nothing to go on with.
        const running = lasting ? undefined : this.running;
        const result = { error: message, ...(!lasting && { passing: error }) };
        return { outcome: "failed", changes: { running }, result };
    }

    private async keep({ outcome, changes, result }: Settled): Promise<FeedRunResult> {
        const { s3, bucket } = this.options;
        const now = this.options.now();
        const seconds = (now.getTime() - this.startedAt.getTime()) / 1000;
        const error = result?.error;
        const last = { at: now.toISOString(), outcome, ...(error !== undefined && { error }), seconds };
        const { state: before, etag } = this.stored;
        const after: FeedState = { ...before, running: undefined, ...changes, last };
        await writeState(s3, bucket, after, etag);
        if (outcome === "collected" || outcome === "unchanged") {
            await this.tidy(before, after, now);
        }
        return { outcome, run: this.run, ...result, inForce: inForce(after) };
    }

    /** What could not be deleted is deleted by a later run. */
    private async tidy(before: FeedState, after: FeedState, now: Date): Promise<void> {
        const { s3, bucket, feed } = this.options;
        try {
            await removeUnnamed(s3, bucket, { before, after, now });
        } catch (error) {
            console.warn(JSON.stringify({ event: "old-lists-not-removed", feed, reason: String(error) }));
        }
    }
}

function inForce({ good, partials }: FeedState): number {
    return [good, ...partials].reduce((sum, list) => sum + (list?.counts.indicators ?? 0), 0);
}

function emptyMessage({ read, refused, invalid }: FeedCounts): string {
    const reasons = Object.entries(refused).map(([reason, count]) => `, ${count} refused: ${reason}`);
    return (
        `no indicator in ${read} values (${invalid} are no address, network, domain or URL${reasons.join("")}): ` +
        "check the feed's URL, its columns, tags or collections, and what the account may read"
    );
}
