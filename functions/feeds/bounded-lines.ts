import { StringDecoder } from "node:string_decoder";

/** Characters of a line: no indicator is longer. */
export const LONGEST_LINE = 8192;

/** Characters kept of a line that is longer, to find it by. */
const KEPT = 100;

/** A line that is longer than `LONGEST_LINE`. */
export class LongLine {
    /** @param start its first characters */
    constructor(readonly start: string) {}
}

/**
 * The lines of UTF-8 text, those of a chunk at once; empty ones are left out, and a byte order mark. Ends are LF, CR or
 * both. It holds a chunk and `LONGEST_LINE` characters and no more, however long a line is.
 */
export async function* boundedLines(
    input: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly (string | LongLine)[]> {
    const splitter = new Splitter();
    for await (const chunk of input) {
        yield splitter.add(chunk);
    }
    yield splitter.end();
}

class Splitter {
    private readonly decoder = new StringDecoder("utf8");
    private begun = false;
    /** Of the line that has not ended. */
    private held = "";
    private long: LongLine | undefined;

    add(chunk: Uint8Array): readonly (string | LongLine)[] {
        const parts = (this.held + this.decode(chunk)).split(/[\r\n]/);
        const rest = parts.pop() as string;
        const lines: (string | LongLine)[] = [];
        for (const part of parts) {
            this.take(part, lines);
        }
        this.held = this.long ? "" : rest;
        if (this.held.length > LONGEST_LINE) {
            this.long = longLine(rest);
            this.held = "";
        }
        return lines;
    }

    end(): readonly (string | LongLine)[] {
        const lines: (string | LongLine)[] = [];
        this.take(this.held + this.decoder.end(), lines);
        return lines;
    }

    private decode(chunk: Uint8Array): string {
        const text = this.decoder.write(chunk as Buffer);
        const marked = !this.begun && text.startsWith("\ufeff");
        this.begun ||= text !== "";
        return marked ? text.slice(1) : text;
    }

    private take(line: string, lines: (string | LongLine)[]): void {
        if (this.long) {
            lines.push(this.long);
            this.long = undefined;
        } else if (line.length > LONGEST_LINE) {
            lines.push(longLine(line));
        } else if (line !== "") {
            lines.push(line);
        }
    }
}

function longLine(text: string): LongLine {
    return new LongLine(text.slice(0, KEPT));
}
