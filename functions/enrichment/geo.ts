import { Words } from "../indicators/address";
import { AddressEnricher } from "./enricher";
import { GeoMembers, geoMembers, isGeoRecord } from "./geo-record";
import { Mmdb, MmdbError } from "./mmdb";

const SLOT_BITS = 15;
const SLOTS = 1 << SLOT_BITS;
const NOTHING: GeoMembers = { geo: "", as: "" };

/**
 * Opens a database for `GeoEnricher`. What it knows shows in its records, not in the file's name.
 * @throws MmdbError when it is damaged or tells neither places nor networks
 */
export function openGeoDatabase(file: Uint8Array): Mmdb {
    const database = new Mmdb(file);
    const pointer = database.anyPointer();
    if (pointer !== 0 && !isGeoRecord(database.record(pointer))) {
        const { databaseType } = database.metadata;
        throw new MmdbError(`the database of type "${databaseType}" tells neither places nor AS numbers`);
    }
    return database;
}

/**
 * Tells place (`geo`) and network (`as`) of addresses from databases in memory. Of an address that several databases
 * know, the first that knows a place gives the place, the first that knows a network the network. Private and reserved
 * addresses stand in no database.
 */
export class GeoEnricher implements AddressEnricher {
    readonly name = "geo";
    private readonly knowIPv4: readonly Members[];
    private readonly knowIPv6: readonly Members[];

    constructor(databases: readonly Mmdb[]) {
        const members = databases.map((database) => new Members(database));
        this.knowIPv4 = members.filter(({ database }) => database.knowsIPv4);
        this.knowIPv6 = members.filter(({ database }) => database.metadata.ipVersion === 6);
    }

    ipv4(address: number): string {
        let geo = "";
        let as = "";
        for (const members of this.knowIPv4) {
            const known = members.ipv4(address);
            geo ||= known.geo;
            as ||= known.as;
        }
        return geo + as;
    }

    ipv6(address: Words): string {
        let geo = "";
        let as = "";
        for (const members of this.knowIPv6) {
            const known = members.ipv6(address);
            geo ||= known.geo;
            as ||= known.as;
        }
        return geo + as;
    }
}

/**
 * The members of one database's records. Many networks share a record, so finished ones are kept by where the record
 * lies, in a table of fixed size: a new one takes the place of an older one.
 */
class Members {
    private readonly pointers = new Float64Array(SLOTS);
    private readonly kept = new Array<GeoMembers>(SLOTS).fill(NOTHING);
    private warned = false;

    constructor(readonly database: Mmdb) {}

    ipv4(address: number): GeoMembers {
        try {
            const pointer = this.database.find4(address);
            return pointer === 0 ? NOTHING : this.at(pointer);
        } catch (error) {
            return this.damaged(error);
        }
    }

    ipv6(address: Words): GeoMembers {
        try {
            const pointer = this.database.find6(address);
            return pointer === 0 ? NOTHING : this.at(pointer);
        } catch (error) {
            return this.damaged(error);
        }
    }

    private at(pointer: number): GeoMembers {
        const slot = Math.imul(pointer, 0x9e3779b1) >>> (32 - SLOT_BITS);
        if (this.pointers[slot] !== pointer) {
            this.kept[slot] = geoMembers(this.database.record(pointer));
            this.pointers[slot] = pointer;
        }
        return this.kept[slot];
    }

    /** Logs go on without what a damaged file does not tell. */
    private damaged(error: unknown): GeoMembers {
        if (!(error instanceof MmdbError)) {
            throw error;
        }
        if (!this.warned) {
            this.warned = true;
            const database = this.database.metadata.databaseType;
            console.warn(JSON.stringify({ event: "geo-database-damaged", database, reason: error.message }));
        }
        return NOTHING;
    }
}
