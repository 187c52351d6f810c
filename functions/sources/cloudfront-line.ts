import { Spans } from "../bytes/span";
import { Layout, layoutOf } from "./cloudfront-columns";

const TAB = 9;
const BLANK = 32;
const DASH = 45;

/**
 * Takes a line apart: values between tabs, or between blanks where there is no tab. Values hold neither, CloudFront
 * writes them with percent signs. What has no value counts as missing.
 * @returns how many values there are
 */
export function splitLine(fields: Spans, layout: Layout, bytes: Buffer, start: number, end: number): number {
    const { starts, ends } = fields;
    fields.bytes = bytes;
    starts.fill(-1);
    const separator = hasTab(bytes, start, end) ? TAB : BLANK;
    let count = 0;
    for (let at = start, from = start; at <= end; at++) {
        if (at === end || bytes[at] === separator) {
            const place = count < layout.places.length ? layout.places[count] : -1;
            if (place >= 0) {
                const isMissing = at === from || (at === from + 1 && bytes[from] === DASH);
                starts[place] = isMissing ? -1 : from;
                ends[place] = at;
            }
            count++;
            from = at + 1;
        }
    }
    return count;
}

function hasTab(bytes: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end; at++) {
        if (bytes[at] === TAB) {
            return true;
        }
    }
    return false;
}

/** A record that was JSON, as the line that it would have been. */
export interface JsonLine {
    readonly layout: Layout;
    readonly line: Buffer;
}

/** Reads records of JSON. */
export class JsonLines {
    private names = "";
    private layout: Layout = layoutOf([]);

    /** @returns undefined for what is no JSON object */
    read(bytes: Buffer, start: number, end: number): JsonLine | undefined {
        let record: unknown;
        try {
            record = JSON.parse(bytes.toString("utf8", start, end));
        } catch {
            return undefined;
        }
        const entries = Object.entries(record as object).filter(([, value]) => isScalar(value));
        const names = entries.map(([name]) => name);
        const joined = JSON.stringify(names);
        // A file's records have the same members.
        if (joined !== this.names) {
            this.names = joined;
            this.layout = layoutOf(names);
        }
        const values = entries.map(([, value]) => String(value).replaceAll("\t", " "));
        // The tab at the end makes a line of one value one with tabs.
        return { layout: this.layout, line: Buffer.from(`${values.join("\t")}\t`) };
    }
}

function isScalar(value: unknown): boolean {
    return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
