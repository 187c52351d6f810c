import { S3Client } from "@aws-sdk/client-s3";
import { blockListsPlace } from "../enforcement/block-lists";
import { publishedHandler } from "./published";
import { Environment, required } from "./settings";

/** What the handler talks to; tests pass their own. */
export interface BlockListClients {
    /** S3 where snapshots, lists and lake are: the hub's region. */
    readonly s3: Pick<S3Client, "send">;
}

/** Writes the published snapshot as block lists for everything that can fetch a file, and reports to the lake. */
export function createHandler(env: Environment, clients: BlockListClients = { s3: new S3Client({}) }) {
    const { s3 } = clients;
    const lists = blockListsPlace({ s3, bucket: required(env, "LISTS_BUCKET"), rooms: roomsOf(env) });
    return publishedHandler({
        snapshots: s3,
        snapshotBucket: required(env, "SNAPSHOT_BUCKET"),
        places: async () => [lists],
        report: {
            s3,
            bucket: required(env, "LAKE_BUCKET"),
            accountId: required(env, "ACCOUNT_ID"),
            // Beside the report of the hub's own places.
            name: `${required(env, "AWS_REGION")}-block-lists`,
            kmsKeyId: env.LAKE_KMS_KEY || undefined,
        },
    });
}

/** `LIST_ROOMS`: JSON of entries by file name, as {"edl-ip.txt": 150000}. */
function roomsOf(env: Environment): Record<string, number> {
    let rooms: unknown;
    try {
        rooms = JSON.parse(env.LIST_ROOMS || "{}");
    } catch {
        rooms = undefined;
    }
    const valid =
        rooms !== null &&
        typeof rooms === "object" &&
        Object.values(rooms).every((room) => Number.isInteger(room) && room >= 0);
    if (!valid) {
        throw new Error('environment variable LIST_ROOMS must be JSON as {"edl-ip.txt": 150000}');
    }
    return rooms as Record<string, number>;
}
