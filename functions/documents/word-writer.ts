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

/**
 * Writes into a document four bytes at a time. A `JsonWriter` does the same with less ado, but needs three times as long:
 * this is for sources that are hot. Words may reach a few bytes too far; what is written next takes their place.
 */
export class WordWriter {
    private bytes: Buffer | undefined;
    private view: DataView = new DataView(new ArrayBuffer(0));

    put(writer: JsonWriter, piece: Piece): void {
        const view = writer.bytes === this.bytes ? this.view : this.viewOf(writer);
        const { words } = piece;
        const { at } = writer;
        for (let i = 0; i < words.length; i++) {
            view.setInt32(at + 4 * i, words[i], true);
        }
        writer.at = at + piece.length;
    }

    /** Ends an object. @param start where its name begins @param content where its content begins: an empty one vanishes */
    close(writer: JsonWriter, start: number, content: number): void {
        if (writer.at === content) {
            writer.at = start;
        } else {
            const view = writer.bytes === this.bytes ? this.view : this.viewOf(writer);
            view.setUint16(writer.at - 1, CLOSE_COMMA, true);
            writer.at++;
        }
    }

    /** Writes a field of a text log as the inside of a JSON string, between `piece` and `",`; nothing for a missing one. */
    string(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number): void {
        const start = fields.starts[i];
        if (start >= 0) {
            this.part(writer, piece, fields, i, start, fields.ends[i]);
        }
    }

    /** As `string`, of a part of the field. */
    part(
        writer: JsonWriter,
        piece: Piece,
        fields: QuotedFields,
        i: number,
        start: number,
        end: number,
    ): void {
        this.put(writer, piece);
        this.inside(writer, fields, i, start, end);
        this.view.setUint16(writer.at, QUOTE_COMMA, true);
        writer.at += 2;
    }

    /** As `string`, with `"},` behind it. */
    nested(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number): void {
        const start = fields.starts[i];
        if (start >= 0) {
            this.put(writer, piece);
            this.inside(writer, fields, i, start, fields.ends[i]);
            this.view.setInt32(writer.at, QUOTE_CLOSE_COMMA, true);
            writer.at += 3;
        }
    }

    /** Writes a list of strings. @param piece ends with the first string's quote @param separator of the field's values */
    list(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number, separator: number): void {
        const { bytes, starts, ends } = fields;
        if (starts[i] < 0) {
            return;
        }
        this.put(writer, piece);
        let from = starts[i];
        for (let at = from; at < ends[i]; at++) {
            if (bytes[at] === separator) {
                this.inside(writer, fields, i, from, at);
                this.view.setInt32(writer.at, QUOTE_COMMA_QUOTE, true);
                writer.at += 3;
                from = at + 1;
            }
        }
        this.inside(writer, fields, i, from, ends[i]);
        this.view.setInt32(writer.at, QUOTE_END_COMMA, true);
        writer.at += 3;
    }

    /** Copies a part of a field as the inside of a JSON string. */
    inside(writer: JsonWriter, fields: QuotedFields, i: number, start: number, end: number): void {
        const source = fields.view;
        if (fields.special[i] !== 0 || end + 4 > source.byteLength) {
            copyQuoted(writer, fields, i, start, end);
            return;
        }
        const view = writer.bytes === this.bytes ? this.view : this.viewOf(writer);
        const shift = writer.at - start;
        for (let at = start; at < end; at += 4) {
            view.setInt32(shift + at, source.getInt32(at, true), true);
        }
        writer.at = shift + end;
    }

    /** Writes a field of digits between `piece` and a comma; nothing for a field that is something else. */
    integer(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number): void {
        const { bytes, starts, ends } = fields;
        if (isInteger(bytes, starts[i], ends[i])) {
            this.number(writer, piece, bytes, withoutZeros(bytes, starts[i], ends[i]), ends[i]);
        }
    }

    /** As `integer`, with `},` behind it. */
    nestedInteger(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number): void {
        const { at } = writer;
        this.integer(writer, piece, fields, i);
        this.closeNumber(writer, at);
    }

    /** As `nestedInteger`, of a number that may have decimals. */
    nestedDecimal(writer: JsonWriter, piece: Piece, fields: QuotedFields, i: number): void {
        const { bytes, starts, ends } = fields;
        if (isDecimal(bytes, starts[i], ends[i])) {
            const { at } = writer;
            this.number(writer, piece, bytes, starts[i], ends[i]);
            this.closeNumber(writer, at);
        }
    }

    /** Writes a number in JSON between `piece` and a comma. */
    number(writer: JsonWriter, piece: Piece, bytes: Uint8Array, start: number, end: number): void {
        this.put(writer, piece);
        const { view } = this;
        let { at } = writer;
        for (let i = start; i < end; i++) {
            view.setUint8(at++, bytes[i]);
        }
        view.setUint8(at, COMMA);
        writer.at = at + 1;
    }

    private closeNumber(writer: JsonWriter, start: number): void {
        if (writer.at > start) {
            this.view.setUint16(writer.at - 1, CLOSE_COMMA, true);
            writer.at++;
        }
    }

    private viewOf({ bytes }: JsonWriter): DataView {
        this.bytes = bytes;
        this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        return this.view;
    }
}
