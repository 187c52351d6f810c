import { Malformed } from "../sources/source";

/** Bytes of a damaged place that are kept for its quarantine line. */
const MAX_KEPT = 1024 * 1024;

const COMMA = 44;

/** What a reader skips between a damaged record and the next good one: one malformed record, however long it is. */
export class Damage {
    private kept: Buffer[] = [];
    private length = 0;
    private reason: string | undefined;
    /** Where the bytes at hand begin that belong to it and are not kept yet. */
    private from = 0;
    /** The last byte before those that is no blank. */
    private last = 0;

    /** @param pos where the damaged record begins in the bytes at hand */
    begin(reason: string, pos: number): void {
        this.reason = reason;
        this.from = pos;
    }

    get isOpen(): boolean {
        return this.reason !== undefined;
    }

    /** @returns the byte before `pos` that is no blank, 0 for none */
    before(bytes: Buffer, pos: number): number {
        for (let at = pos - 1; at >= this.from; at--) {
            if (bytes[at] > 32) {
                return bytes[at];
            }
        }
        return this.last;
    }

    /** Keeps what is at hand up to `pos`, since other bytes will come. @returns `pos` */
    save(bytes: Buffer, pos: number): number {
        if (this.isOpen && pos > this.from) {
            this.last = this.before(bytes, pos);
            const end = Math.min(pos, this.from + MAX_KEPT - this.length);
            this.kept.push(Buffer.from(bytes.subarray(this.from, end)));
            this.length += end - this.from;
        }
        this.from = 0;
        return pos;
    }

    /** Ends it at `pos`. @returns what was skipped, without the comma and the blanks behind it */
    end(bytes: Buffer, pos: number): Malformed {
        this.save(bytes, pos);
        const raw = Buffer.concat(this.kept);
        const end = trimmed(raw, raw.length);
        const malformed = new Malformed(
            this.reason ?? "",
            raw.subarray(0, raw[end - 1] === COMMA ? trimmed(raw, end - 1) : end),
        );
        this.kept = [];
        this.length = 0;
        this.reason = undefined;
        this.last = 0;
        return malformed;
    }
}

/** @returns the end without the blanks before it */
function trimmed(bytes: Buffer, end: number): number {
    let at = end;
    while (at > 0 && bytes[at - 1] <= 32) {
        at--;
    }
    return at;
}
