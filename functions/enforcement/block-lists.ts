import { S3Client } from "@aws-sdk/client-s3";
import { createHash, Hash } from "node:crypto";
import { IndicatorLookup, IndicatorMatch } from "../indicators/indicator";
import { BLOCK_LIST_FORMATS, BlockListFormat, UNBOUNDED } from "./block-list-formats";
import { LineHashes } from "./line-hashes";
import { digestOf, linesOf, putLines } from "./object-lines";
import { Blockable, Place } from "./place";
import { Change, ListReport, reportOf } from "./report";
import { select, Selection } from "./select";

export interface BlockListOptions {
    readonly s3: Pick<S3Client, "send">;
    readonly bucket: string;
    /** @default "lists/" */
    readonly prefix?: string;
    /** Entries of a file, by its name. @default what its readers take, or all */
    readonly rooms?: Readonly<Record<string, number>>;
    /** @default 8 MiB */
    readonly partBytes?: number;
}

/** Where domains can be looked up, a parent is known without keeping all domains. */
type Source = Blockable & Partial<Pick<IndicatorLookup, "domain">>;

/**
 * Block lists as files, for everything that can fetch one. A file whose readers take so many is the best of the
 * snapshot, best first; one without bound is streamed in the snapshot's order. Written only when it changed.
 */
export function blockListsPlace(options: BlockListOptions): Place {
    return {
        name: "block-lists",
        enforce: async (snapshot: Source) => {
            const reports: ListReport[] = [];
            for (const format of BLOCK_LIST_FORMATS) {
                reports.push(await enforceFile(options, format, snapshot));
            }
            return reportOf("block-lists", reports);
        },
    };
}

async function enforceFile(
    options: BlockListOptions,
    format: BlockListFormat,
    snapshot: Source,
): Promise<ListReport> {
    const { s3, bucket, prefix = "lists/", partBytes } = options;
    const room = options.rooms?.[format.name] ?? format.defaultRoom ?? UNBOUNDED;
    const file = room === UNBOUNDED ? streamed(format, snapshot) : ranked(format, snapshot, room);
    const digest = new Digest();
    for (const line of file.lines()) {
        digest.add(line);
    }
    const selection = file.selection();
    const object = { s3, bucket, key: prefix + format.name, contentType: format.contentType, partBytes };
    const sha256 = digest.hex();
    const change =
        (await digestOf(object)) === sha256
            ? { added: 0, removed: 0, unchanged: digest.lines - Number(format.header !== undefined) }
            : await replace({ ...object, sha256 }, file, format.header);
    return { list: format.name, room, selection, ...change };
}

async function replace(
    object: Parameters<typeof putLines>[0],
    file: ListFile,
    header: string | undefined,
): Promise<Change> {
    const before = new LineHashes();
    for await (const line of linesOf(object)) {
        if (line !== header) {
            before.add(line);
        }
    }
    const now = new LineHashes();
    function* watched(): Iterable<string> {
        for (const line of file.lines()) {
            if (line !== header) {
                now.add(line);
            }
            yield line;
        }
    }
    await putLines(object, watched());
    return now.changeSince(before);
}

interface ListFile {
    /** May be read more than once, each time the same. */
    lines(): Iterable<string>;
    /** What did not get in; known once the lines were read. */
    selection(): Pick<Selection, "leftOut" | "unfit">;
}

function ranked(format: BlockListFormat, snapshot: Source, room: number): ListFile {
    const kind = { ...format, candidates: (source: Blockable) => candidatesOf(format, source) };
    const selection = select(kind, snapshot, room);
    return {
        lines: function* () {
            yield* format.header === undefined ? [] : [format.header];
            for (const { entry } of selection.chosen) {
                yield entry;
            }
        },
        selection: () => selection,
    };
}

function streamed(format: BlockListFormat, snapshot: Source): ListFile {
    let unfit: Record<string, number> = {};
    return {
        lines: function* () {
            unfit = {};
            yield* format.header === undefined ? [] : [format.header];
            for (const indicator of candidatesOf(format, snapshot)) {
                const fit = format.fit(indicator);
                if (fit && "unfit" in fit) {
                    unfit[fit.unfit] = (unfit[fit.unfit] ?? 0) + 1;
                } else if (fit) {
                    yield fit.entry;
                }
            }
        },
        selection: () => ({ leftOut: 0, unfit }),
    };
}

function* candidatesOf(format: BlockListFormat, snapshot: Source): Iterable<IndicatorMatch> {
    for (const indicator of format.candidates(snapshot)) {
        if (!format.withoutSubdomains || !hasParent(indicator, snapshot)) {
            yield indicator;
        }
    }
}

function hasParent({ type, value }: IndicatorMatch, snapshot: Source): boolean {
    const parent = type === "domain" ? value.slice(value.indexOf(".") + 1) : "";
    return parent.includes(".") && snapshot.domain?.(parent) !== undefined;
}

class Digest {
    lines = 0;
    private readonly hash: Hash = createHash("sha256");
    private pending: string[] = [];

    add(line: string): void {
        this.lines++;
        this.pending.push(line);
        if (this.pending.length === 4096) {
            this.flush();
        }
    }

    hex(): string {
        this.flush();
        return this.hash.digest("hex");
    }

    private flush(): void {
        this.hash.update(this.pending.map((line) => `${line}\n`).join(""));
        this.pending = [];
    }
}
