import { createHash } from "node:crypto";
import { Download, download, downloadIfChanged, validatorsIn } from "./download";
import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { textOf } from "./http-body";
import { listBytes } from "./list-bytes";
import { mispEventValues, mispManifestEvents } from "./misp-event";
import { OpenFeed, FeedTools } from "./registry";
import { retrying } from "./retry";

/** Events read at once. */
const PARALLEL = 4;
const PAGE_VALUES = 5000;
const MANIFEST_BYTES = 64 * 1024 * 1024;
const EVENT_BYTES = 32 * 1024 * 1024;

/** A directory of MISP events. A pass is full unless the manifest, which tells of every change, is the same as last time. */
export const openMispFeed: OpenFeed<"misp-feed"> = ({ url }, tools) => new MispFeed(url, tools);

/** Where the reading of events begins. */
interface Stretch {
    /** SHA-256 of the manifest. */
    readonly manifest: string;
    /** Events that are done. */
    readonly start: number;
    readonly restarted: boolean;
}

class MispFeed implements FeedReader {
    private readonly base: string;

    constructor(
        url: string,
        private readonly tools: FeedTools,
    ) {
        this.base = url.replace(/\/*$/, "/");
    }

    async *read({ memory, resume }: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
        const { base: source, tools } = this;
        const known = memory?.source === source ? memory : undefined;
        const url = `${source}manifest.json`;
        const file = await downloadIfChanged(url, tools, resume ? {} : validatorsIn(known));
        if (!file) {
            return { pass: "unchanged", memory };
        }
        const text = await textOfList(file, MANIFEST_BYTES);
        const manifest = createHash("sha256").update(text).digest("hex");
        const end = { source, manifest, ...file.validators };
        if (!resume && known?.manifest === manifest) {
            return { pass: "unchanged", memory: end };
        }
        const goesOn = resume?.manifest === manifest && typeof resume.events === "number";
        yield* this.pages(mispManifestEvents(text, url), {
            manifest,
            start: goesOn ? Number(resume.events) : 0,
            restarted: resume !== undefined && !goesOn,
        });
        return { pass: "full", memory: end };
    }

    private async *pages(
        events: readonly string[],
        { manifest, start, restarted }: Stretch,
    ): AsyncGenerator<FeedPage, void> {
        let values: FeedValue[] = [];
        let first = restarted;
        for (let at = start; at < events.length || first; at += PARALLEL) {
            const group = events.slice(at, at + PARALLEL);
            const read = await Promise.all(group.map((event) => this.eventValues(event)));
            values = values.concat(...read);
            const done = Math.min(at + PARALLEL, events.length);
            if (values.length >= PAGE_VALUES || done === events.length || first) {
                yield { values, resume: { manifest, events: done }, ...(first ? { restarted: true } : {}) };
                values = [];
                first = false;
            }
        }
    }

    /** One file of thousands may fail for a moment. */
    private async eventValues(event: string): Promise<FeedValue[]> {
        const url = `${this.base}${event}.json`;
        return retrying(
            this.tools,
            async () => mispEventValues(await textOfList(await download(url, this.tools), EVENT_BYTES), url),
            { kinds: ["server", "unreachable", "rate-limit"] },
        );
    }
}

function textOfList(file: Download, mostBytes: number): Promise<string> {
    return textOf(listBytes(file, mostBytes), file.url, mostBytes);
}
