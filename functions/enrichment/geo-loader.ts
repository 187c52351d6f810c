import { readFileSync } from "node:fs";
import { Words } from "../indicators/address";
import { readIfChanged, S3Reader } from "../s3-object";
import { AddressEnricher } from "./enricher";
import { GeoEnricher, openGeoDatabase } from "./geo";
import { Mmdb, MmdbError } from "./mmdb";

/** Where the databases lie in the bucket. IPv6 may have files of its own. */
export const GEO_KEYS = {
    expected: ["geo/city.mmdb", "geo/asn.mmdb"],
    optional: ["geo/city-ipv6.mmdb", "geo/asn-ipv6.mmdb"],
} as const;

/** Seconds until the next look when one failed. */
const RETRY_SECONDS = 60;

export interface GeoLoaderOptions {
    /** Seconds between looks at the bucket. @default 3600 */
    readonly refreshSeconds?: number;
    /** For tests: milliseconds. */
    readonly now?: () => number;
}

/**
 * Keeps the geo databases of a bucket in memory, for the life of an execution environment. Looks are conditional
 * requests. Logs go on whatever happens: a database that is not there tells nothing, and while a new one is damaged or
 * cannot be had, the last good one stays. Each is told once, as a warning.
 */
export class GeoLoader implements AddressEnricher {
    readonly name = "geo";
    private enricher = new GeoEnricher([]);
    private readonly objects: readonly GeoObject[];
    private nextLook = -Infinity;
    private pending?: Promise<boolean>;

    constructor(
        s3: S3Reader,
        bucket: string,
        private readonly options: GeoLoaderOptions = {},
    ) {
        this.objects = [
            ...GEO_KEYS.expected.map((key) => new GeoObject(s3, bucket, key, true)),
            ...GEO_KEYS.optional.map((key) => new GeoObject(s3, bucket, key, false)),
        ];
    }

    prepare(): Promise<boolean> {
        this.pending ??= this.refresh().finally(() => (this.pending = undefined));
        return this.pending;
    }

    ipv4(address: number): string {
        return this.enricher.ipv4(address);
    }

    ipv6(address: Words): string {
        return this.enricher.ipv6(address);
    }

    private async refresh(): Promise<boolean> {
        const now = this.options.now?.() ?? Date.now();
        if (now < this.nextLook) {
            return false;
        }
        const before = this.objects.map(({ database }) => database);
        const looks = await Promise.all(this.objects.map((object) => object.look()));
        const changed = this.objects.some(({ database }, i) => database !== before[i]);
        if (changed) {
            this.enricher = new GeoEnricher(this.objects.flatMap(({ database }) => database ?? []));
        }
        const refreshSeconds = this.options.refreshSeconds ?? 3600;
        const seconds = looks.includes(false) ? Math.min(RETRY_SECONDS, refreshSeconds) : refreshSeconds;
        this.nextLook = now + seconds * 1000;
        return changed;
    }
}

/** One database of the bucket. */
class GeoObject {
    database?: Mmdb;
    private etag?: string;
    private warned?: string;

    constructor(
        private readonly s3: S3Reader,
        private readonly bucket: string,
        private readonly key: string,
        private readonly expected: boolean,
    ) {}

    /** @returns whether the bucket answered */
    async look(): Promise<boolean> {
        try {
            const answer = await readIfChanged(this.s3, this.bucket, this.key, this.etag);
            if (answer.state === "missing") {
                this.database = this.etag = undefined;
                if (this.expected) {
                    this.warn("geo-database-missing");
                }
            } else if (answer.state === "read") {
                // Of a damaged one, too: it is not read again until there is another.
                this.etag = answer.etag;
                this.database = openGeoDatabase(answer.body);
                this.warned = undefined;
            }
            return true;
        } catch (error) {
            this.warn("geo-database-not-loaded", error instanceof Error ? error.message : String(error));
            return error instanceof MmdbError;
        }
    }

    private warn(event: string, reason?: string): void {
        const line = JSON.stringify({
            event,
            object: `s3://${this.bucket}/${this.key}`,
            reason,
            kept: this.database !== undefined,
        });
        if (line !== this.warned) {
            this.warned = line;
            console.warn(line);
        }
    }
}

/**
 * For the command line.
 * @throws MmdbError that names the file, when one is no database that tells places or networks
 */
export function geoFromFiles(paths: readonly string[]): GeoEnricher {
    const databases = paths.map((path) => {
        const file = readFileSync(path);
        try {
            return openGeoDatabase(file);
        } catch (error) {
            throw error instanceof MmdbError ? new MmdbError(`${path}: ${error.message}`) : error;
        }
    });
    return new GeoEnricher(databases);
}
