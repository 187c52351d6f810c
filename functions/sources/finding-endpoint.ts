import { Document } from "../documents/document";
import { key } from "../documents/writer";
import { Fields, writeFields } from "../documents/write-fields";

/** One side of a connection. */
export interface FindingEndpoint {
    readonly address?: string;
    /** Port, domain, MAC address. */
    readonly fields?: Fields;
    /** `geo` and `as` as the finding tells them, for those who have no database. */
    readonly place?: Fields;
}

/** Writes an endpoint, with what is known of its address. @param side `source` or `destination` */
export function writeEndpoint(document: Document, side: string, endpoint: FindingEndpoint): void {
    const { address = "", fields = {}, place = {} } = endpoint;
    const bytes = Buffer.from(address);
    document.open(key(side));
    document.endpoint(`${side}.ip`, bytes, 0, bytes.length);
    writeFields(document, fields);
    if (!document.enrichment.locates) {
        writeFields(document, place);
    }
    document.close();
}
