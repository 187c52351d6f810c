import { QuotedFields } from "../bytes/quoted";
import { isDecimal, isInteger, withoutZeros } from "./numbers";
import { copyQuoted } from "./quoted";
import { JsonWriter } from "./writer";

const QUOTE = 34;
const COMMA = 44;
const CLOSE_BRACKET = 93;
const CLOSE = 125;
/** `",` and so on as words. */
const QUOTE_COMMA = QUOTE | (COMMA << 8);
const CLOSE_COMMA = CLOSE | (COMMA << 8);
const QUOTE_CLOSE_COMMA = QUOTE | (CLOSE << 8) | (COMMA << 16);
const QUOTE_COMMA_QUOTE = QUOTE | (COMMA << 8) | (QUOTE << 16);
const QUOTE_END_COMMA = QUOTE | (CLOSE_BRACKET << 8) | (COMMA << 16);

/** JSON that always stands so, such as `"trace":{"id":"`, as words of four bytes. */
export class Piece {
    readonly length: number;
    readonly words: Int32Array;

    constructor(text: string) {
        const bytes = Buffer.from(text);
        const view = new DataView(new ArrayBuffer((bytes.length + 3) & ~3));
        bytes.forEach((byte, i) => view.setUint8(i, byte));
        this.length = bytes.length;
        this.words = Int32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(4 * i, true));
    }
}

/** @returns where the piece ends */
function putPiece(to: DataView, at: number, { words, length }: Piece): number {
    for (let i = 0; i < words.length; i++) {
        to.setInt32(at + 4 * i, words[i], true);
    }
    return at + length;
}

/** @returns where the copy ends; its last word may reach up to three bytes further */
function copyOver(to: DataView, at: number, from: DataView, start: number, end: number): number {
    const shift = at - start;
    for (let i = start; i < end; i += 4) {
        to.setInt32(shift + i, from.getInt32(i, true), true);
    }
    return shift + end;
}

/**
 * Writes fields of a text log into a document four bytes at a time. A `JsonWriter` does the same with less ado, but needs
 * three times as long: this is for sources that are hot. Words may reach a few bytes too far; what is written next takes
 * their place.
 */
export class WordWriter {
    private bytes: Buffer | undefined;
    private view: DataView = new DataView(new ArrayBuffer(0));

    constructor(private readonly fields: QuotedFields) {}

    /** Writes a field as the inside of a JSON string, between `piece` and `",`; nothing for none. */
    string(writer: JsonWriter, piece: Piece, i: number): void {
        const { starts, ends } = this.fields;
        if (starts[i] >= 0 && ends[i] > starts[i]) {
            this.part(writer, piece, i, starts[i], ends[i]);
        }
    }

    /** As `string`, of a part of the field. */
    part(writer: JsonWriter, piece: Piece, i: number, start: number, end: number): void {
        const view = this.viewOf(writer);
        writer.at = putPiece(view, writer.at, piece);
        const at = this.copied(writer, view, i, start, end);
        view.setUint16(at, QUOTE_COMMA, true);
        writer.at = at + 2;
    }

    /** As `string`, with `"},` behind it. */
    nested(writer: JsonWriter, piece: Piece, i: number): void {
        const { starts, ends } = this.fields;
        if (starts[i] >= 0 && ends[i] > starts[i]) {
            const view = this.viewOf(writer);
            writer.at = putPiece(view, writer.at, piece);
            const at = this.copied(writer, view, i, starts[i], ends[i]);
            view.setInt32(at, QUOTE_CLOSE_COMMA, true);
            writer.at = at + 3;
        }
    }

    /** Writes a list of strings. @param piece ends with the first string's quote @param separator of the field's values */
    list(writer: JsonWriter, piece: Piece, i: number, separator: number): void {
        const { bytes, starts, ends } = this.fields;
        if (starts[i] < 0 || ends[i] === starts[i]) {
            return;
        }
        const view = this.viewOf(writer);
        writer.at = putPiece(view, writer.at, piece);
        let from = starts[i];
        for (let to = from; to < ends[i]; to++) {
            if (bytes[to] === separator) {
                const at = this.copied(writer, view, i, from, to);
                view.setInt32(at, QUOTE_COMMA_QUOTE, true);
                writer.at = at + 3;
                from = to + 1;
            }
        }
        const at = this.copied(writer, view, i, from, ends[i]);
        view.setInt32(at, QUOTE_END_COMMA, true);
        writer.at = at + 3;
    }

    /** Copies a part of a field as the inside of a JSON string. */
    inside(writer: JsonWriter, i: number, start: number, end: number): void {
        writer.at = this.copied(writer, this.viewOf(writer), i, start, end);
    }

    /** Writes a field of digits between `piece` and a comma; nothing for a field that is something else. */
    integer(writer: JsonWriter, piece: Piece, i: number): void {
        const { bytes, starts, ends } = this.fields;
        if (isInteger(bytes, starts[i], ends[i])) {
            this.number(writer, piece, withoutZeros(bytes, starts[i], ends[i]), ends[i]);
        }
    }

    /** As `integer`, with `},` behind it. */
    nestedInteger(writer: JsonWriter, piece: Piece, i: number): void {
        const { bytes, starts, ends } = this.fields;
        if (isInteger(bytes, starts[i], ends[i])) {
            this.number(writer, piece, withoutZeros(bytes, starts[i], ends[i]), ends[i]);
            this.closeObject(writer);
        }
    }

    /** As `nestedInteger`, of a number that may have decimals. */
    nestedDecimal(writer: JsonWriter, piece: Piece, i: number): void {
        const { bytes, starts, ends } = this.fields;
        if (isDecimal(bytes, starts[i], ends[i])) {
            this.number(writer, piece, starts[i], ends[i]);
            this.closeObject(writer);
        }
    }

    /** Writes what is a number in JSON too between `piece` and a comma. */
    number(writer: JsonWriter, piece: Piece, start: number, end: number): void {
        const { bytes, view: source } = this.fields;
        const view = this.viewOf(writer);
        let at = putPiece(view, writer.at, piece);
        if (end + 4 <= source.byteLength) {
            at = copyOver(view, at, source, start, end);
        } else {
            writer.at = at;
            writer.copy(bytes, start, end);
            at = writer.at;
        }
        view.setUint8(at, COMMA);
        writer.at = at + 1;
    }

    /** Ends an object behind its last member. */
    closeObject(writer: JsonWriter): void {
        this.viewOf(writer).setUint16(writer.at - 1, CLOSE_COMMA, true);
        writer.at++;
    }

    /** @returns where the copy ends */
    private copied(writer: JsonWriter, view: DataView, i: number, start: number, end: number): number {
        const { fields } = this;
        if (fields.special[i] === 0 && end + 4 <= fields.view.byteLength) {
            return copyOver(view, writer.at, fields.view, start, end);
        }
        copyQuoted(writer, fields, i, start, end);
        return writer.at;
    }

    private viewOf({ bytes }: JsonWriter): DataView {
        if (bytes !== this.bytes) {
            this.bytes = bytes;
            this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        }
        return this.view;
    }
}
