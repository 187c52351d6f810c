import { createHash } from "node:crypto";
import { Sections, sectionBytes, sectionsOf, SnapshotShape } from "./snapshot-layout";

/**
 * The snapshot file, version 2, little-endian:
 *
 *     offset  bytes
 *          0      4  "SSUN"
 *          4      4  version, u32
 *          8      4  length of the body in bytes, u32
 *         12      4  0
 *         16     32  SHA-256 of the body: the digest of the snapshot
 *         48      …  body
 *
 * The body is the length of the shape in bytes (u32), the shape (`SnapshotShape` as UTF-8 JSON) and the sections (see
 * `snapshot-layout.ts`), each padded with zeros to four bytes, so that a reader uses the file as it lies in memory. The
 * bytes hang on the indicators alone, not on their order or the time: the same indicators have the same digest.
 */
export const SNAPSHOT_VERSION = 2;
const MAGIC = "SSUN";
const HEADER_BYTES = 48;
const DIGEST_AT = 16;

/** A snapshot that cannot be made or read; the message says why. */
export class SnapshotError extends Error {
    override readonly name = "SnapshotError";
}

export interface DecodedSnapshot {
    readonly shape: SnapshotShape;
    readonly sections: Sections;
    /** SHA-256 of the body, hexadecimal. */
    readonly digest: string;
}

/**
 * @returns the digest that the file's header names, 64 hexadecimal digits: what `current.json` has as `sha256`. Nothing
 * is hashed, and whether the content fits is for `Snapshot.decode` to find out. Empty for a file without a header.
 */
export function snapshotDigest(file: Uint8Array): string {
    return Buffer.from(file.buffer, file.byteOffset, file.byteLength).toString(
        "hex",
        DIGEST_AT,
        HEADER_BYTES,
    );
}

const padded = (bytes: number) => (bytes + 3) & ~3;

/** @param fill writes the content into the sections of the new file */
export function writeSnapshot(shape: SnapshotShape, fill: (sections: Sections) => void): Buffer {
    const json = Buffer.from(JSON.stringify(shape));
    const start = HEADER_BYTES + 4 + padded(json.length);
    const memory = new ArrayBuffer(start + sectionBytes(shape));
    const file = Buffer.from(memory);
    file.writeUInt32LE(json.length, HEADER_BYTES);
    json.copy(file, HEADER_BYTES + 4);
    fill(sectionsOf(shape, memory, start));
    file.write(MAGIC, 0, "latin1");
    file.writeUInt32LE(SNAPSHOT_VERSION, 4);
    file.writeUInt32LE(file.length - HEADER_BYTES, 8);
    createHash("sha256").update(file.subarray(HEADER_BYTES)).digest().copy(file, DIGEST_AT);
    return file;
}

/**
 * Reads a file without a copy, where it begins at a multiple of four in its memory; the caller must not change it then.
 * @throws SnapshotError for a file that is truncated, corrupt, or of another version
 */
export function readSnapshot(file: Uint8Array): DecodedSnapshot {
    const aligned = file.byteOffset % 4 === 0 ? file : Uint8Array.from(file);
    const buffer = Buffer.from(aligned.buffer, aligned.byteOffset, aligned.byteLength);
    const digest = checkedDigest(buffer);
    if (buffer.length < HEADER_BYTES + 4) {
        throw corrupt("it has no shape");
    }
    const jsonBytes = buffer.readUInt32LE(HEADER_BYTES);
    const start = HEADER_BYTES + 4 + padded(jsonBytes);
    const shape = shapeOf(buffer.toString("utf8", HEADER_BYTES + 4, HEADER_BYTES + 4 + jsonBytes));
    if (start + sectionBytes(shape) !== buffer.length) {
        throw corrupt("the sections do not fill the file");
    }
    const sections = sectionsOf(shape, buffer.buffer as ArrayBuffer, buffer.byteOffset + start);
    return { shape, sections, digest };
}

export function corrupt(reason: string): SnapshotError {
    return new SnapshotError(`snapshot is corrupt: ${reason}`);
}

function checkedDigest(buffer: Buffer): string {
    if (buffer.length >= 4 && buffer.toString("latin1", 0, 4) !== MAGIC) {
        throw new SnapshotError(`not a snapshot: it does not begin with ${MAGIC}`);
    }
    if (buffer.length < HEADER_BYTES) {
        throw new SnapshotError(`snapshot is truncated: ${buffer.length} bytes are less than its header`);
    }
    const version = buffer.readUInt32LE(4);
    if (version !== SNAPSHOT_VERSION) {
        throw new SnapshotError(
            `snapshot has version ${version}; this program reads version ${SNAPSHOT_VERSION}: compile it again`,
        );
    }
    const length = buffer.readUInt32LE(8);
    const body = buffer.subarray(HEADER_BYTES);
    if (body.length < length) {
        throw new SnapshotError(`snapshot is truncated: ${body.length} of ${length} bytes`);
    }
    if (body.length > length || buffer.readUInt32LE(12) !== 0) {
        throw corrupt("its header does not fit its length");
    }
    const digest = createHash("sha256").update(body).digest("hex");
    if (digest !== snapshotDigest(buffer)) {
        throw corrupt("its SHA-256 does not match");
    }
    return digest;
}

/** Every number of the shape counts something. */
function shapeOf(json: string): SnapshotShape {
    let valid = true;
    try {
        const shape = JSON.parse(json, (_key, value: unknown) => {
            valid &&= typeof value !== "number" || (Number.isSafeInteger(value) && value >= 0);
            return value;
        }) as SnapshotShape;
        if (valid && Number.isSafeInteger(sectionBytes(shape))) {
            return shape;
        }
    } catch {
        // Told below.
    }
    throw corrupt("its shape does not tell its sections");
}
