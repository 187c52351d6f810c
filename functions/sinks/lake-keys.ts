import { createHash } from "node:crypto";
import { DeliveryContext } from "../sources/source";

export interface LakeKeys {
    readonly documentsKey: string;
    readonly quarantineKey: string;
}

/** What a lake key says. */
export interface LakeObject {
    readonly kind: "logs" | "quarantine";
    readonly dataset: string;
    readonly accountId: string;
    readonly region: string;
    /** YYYY-MM-DD */
    readonly date: string;
    readonly id: string;
    /** 0 for the first part, 1 for `-0001`. */
    readonly part: number;
}

const LAKE_KEY =
    /^(logs|quarantine)\/([a-z0-9][a-z0-9._-]*)\/(\d{12})\/([a-z0-9-]+)\/(\d{4})\/(\d{2})\/(\d{2})\/([0-9a-f]+)(?:-(\d{4}))?\.ndjson\.gz$/;

/**
 * Keys of what one delivery gives. They depend on the delivery only, so that a retry overwrites what it wrote.
 * @param date the log's own date: the delivery's is another one at a retry after midnight
 * @param after number of the last record that earlier runs have done
 */
export function lakeKeys(dataset: string, context: DeliveryContext, date: Date, after = 0): LakeKeys {
    const day = date.toISOString().slice(0, 10).replace(/-/g, "/");
    const id = createHash("sha256")
        .update(`${context.origin}\n${context.version}${after > 0 ? `\n${after}` : ""}`)
        .digest("hex")
        .slice(0, 32);
    const path = `${dataset}/${context.accountId}/${context.region}/${day}/${id}.ndjson.gz`;
    return { documentsKey: `logs/${path}`, quarantineKey: `quarantine/${path}` };
}

/** Reads a lake key back; undefined when it is none. */
export function parseLakeKey(key: string): LakeObject | undefined {
    const match = LAKE_KEY.exec(key);
    if (!match) {
        return undefined;
    }
    const [, kind, dataset, accountId, region, year, month, day, id, part] = match;
    return {
        kind: kind as LakeObject["kind"],
        dataset,
        accountId,
        region,
        date: `${year}-${month}-${day}`,
        id,
        part: Number(part ?? 0),
    };
}

/** Key of a further part of an object: `…/<id>-0001.ndjson.gz`. */
export function partKey(key: string, part: number): string {
    return part === 0 ? key : key.replace(/(\.ndjson\.gz)?$/, `-${String(part).padStart(4, "0")}$1`);
}
