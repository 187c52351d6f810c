import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { gunzipSync } from "node:zlib";
import { SourceKind } from "../../config/sources";
import { kinds, sourceOf } from "../../functions/sources/registry";

/** What lies below the lake's `quarantine/`. */
export class Quarantine {
    /** What was read, by key: an object is read again only when it has changed. */
    private readonly objects = new Map<string, QuarantineObject>();

    constructor(
        private readonly s3: S3Client,
        private readonly bucket: string,
    ) {}

    /** Lines, by kind. */
    async count(): Promise<Partial<Record<SourceKind, number>>> {
        let token: string | undefined;
        do {
            const page = await this.s3.send(
                new ListObjectsV2Command({
                    Bucket: this.bucket,
                    Prefix: "quarantine/",
                    ContinuationToken: token,
                }),
            );
            for (const { Key = "", ETag } of page.Contents ?? []) {
                if (!this.objects.has(Key) || this.objects.get(Key)?.etag !== ETag) {
                    this.objects.set(Key, { etag: ETag, kinds: await this.kindsOf(Key) });
                }
            }
            token = page.NextContinuationToken;
        } while (token);
        const counts: Partial<Record<SourceKind, number>> = {};
        for (const kind of [...this.objects.values()].flatMap((object) => object.kinds)) {
            if (kind !== undefined) {
                counts[kind] = (counts[kind] ?? 0) + 1;
            }
        }
        return counts;
    }

    /** @returns the kind of each line */
    private async kindsOf(key: string): Promise<(SourceKind | undefined)[]> {
        const object = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
        const text = gunzipSync(await object.Body!.transformToByteArray()).toString("utf8");
        return text
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => kindOf(JSON.parse(line) as QuarantineLine));
    }
}

interface QuarantineObject {
    readonly etag: string | undefined;
    /** Of each line. */
    readonly kinds: readonly (SourceKind | undefined)[];
}

/** A record that a function could not read; or, without a data set, a document that OpenSearch refused. */
interface QuarantineLine {
    readonly dataset?: string;
    readonly origin?: string;
    readonly raw?: string;
}

function kindOf({ dataset, origin = "", raw = "" }: QuarantineLine): SourceKind | undefined {
    // A document lies in the lake by its data set, and names its load balancer; a record's file is named after it.
    const name = dataset ?? /^logs\/([^/]+)\//.exec(origin)?.[1];
    const kind = kinds.find((candidate) => sourceOf(candidate).dataset === name);
    const isNetwork = /_net\.[^/]*$/.test(origin) || (dataset === undefined && raw.includes('"name":"net/'));
    return kind === "alb" || kind === "nlb" ? (isNetwork ? "nlb" : "alb") : kind;
}
