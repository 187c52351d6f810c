import { JsonWriter, Key } from "./writer";

/** Values kept of one record: a client can send any number. */
const MAX_VALUES = 64;
const MAX_BYTES = 16_384;

/** The values of one `related.*` field, each once, in order, as JSON strings in one piece: `"a","b",`. */
export class RelatedValues {
    private readonly bytes = Buffer.allocUnsafeSlow(MAX_BYTES);
    private readonly starts = new Int32Array(MAX_VALUES);
    private count = 0;
    private end = 0;

    /** @param json a JSON string, quotes and all, at `bytes[start, end)` */
    add(json: Uint8Array, start: number, end: number): void {
        const length = end - start;
        if (this.count === MAX_VALUES || this.end + length >= MAX_BYTES || this.has(json, start, length)) {
            return;
        }
        this.starts[this.count++] = this.end;
        for (let i = 0; i < length; i++) {
            this.bytes[this.end + i] = json[start + i];
        }
        this.bytes[this.end + length] = 44;
        this.end += length + 1;
    }

    addText(text: string): void {
        const json = Buffer.from(JSON.stringify(text));
        this.add(json, 0, json.length);
    }

    write(writer: JsonWriter, name: Key): void {
        if (this.count > 0) {
            writer.name(name);
            writer.byte(91);
            writer.copy(this.bytes, 0, this.end - 1);
            writer.byte(93);
            writer.byte(44);
        }
    }

    clear(): void {
        this.count = 0;
        this.end = 0;
    }

    /** Holds what another one holds. */
    set(other: RelatedCopy): void {
        this.clear();
        other.values.forEach((value) => this.add(value, 0, value.length));
    }

    copied(): RelatedCopy {
        const values = Array.from({ length: this.count }, (_, i) => {
            const end = i + 1 < this.count ? this.starts[i + 1] : this.end;
            return Buffer.from(this.bytes.subarray(this.starts[i], end - 1));
        });
        return { values };
    }

    private has(json: Uint8Array, start: number, length: number): boolean {
        const { bytes } = this;
        for (let known = 0; known < this.count; known++) {
            const at = this.starts[known];
            let i = 0;
            while (i < length && bytes[at + i] === json[start + i]) {
                i++;
            }
            if (i === length && bytes[at + i] === 44) {
                return true;
            }
        }
        return false;
    }
}

export interface RelatedCopy {
    readonly values: readonly Buffer[];
}

/** All of `related`. */
export class Related {
    readonly ip = new RelatedValues();
    readonly hosts = new RelatedValues();
    readonly user = new RelatedValues();
    readonly hash = new RelatedValues();

    write(
        writer: JsonWriter,
        name: Key,
        names: Readonly<Record<"ip" | "hosts" | "user" | "hash", Key>>,
    ): void {
        writer.open(name);
        this.ip.write(writer, names.ip);
        this.hosts.write(writer, names.hosts);
        this.user.write(writer, names.user);
        this.hash.write(writer, names.hash);
        writer.close();
    }

    clear(): void {
        this.ip.clear();
        this.hosts.clear();
        this.user.clear();
        this.hash.clear();
    }
}
