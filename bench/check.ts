import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Side } from "./sides";

/** A field that is not the same on both sides. */
export interface Difference {
    readonly field: string;
    /** How many documents differ in it. */
    documents: number;
    /** Of the first of them. */
    readonly ours: unknown;
    readonly theirs: unknown;
}

/** An ISO 8601 time; the sides write other numbers of decimals. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;

/** Each side counts in its own way. */
const ID = "event.id";

/**
 * Compares the documents of both sides one by one, whatever the order of members; null is as good as missing.
 * @throws Error when a side fails or writes what is no JSON, or when they have other numbers of documents
 */
export function differences(ours: Side, theirs: Side): Difference[] {
    const [left, right] = [ours, theirs].map(documentsOf);
    if (left.length !== right.length) {
        throw new Error(`${left.length} documents of ${ours.name}, ${right.length} of ${theirs.name}`);
    }
    const found = new Map<string, Difference>();
    for (const [index, line] of left.entries()) {
        const [a, b] = [parse(ours, line), parse(theirs, right[index])];
        for (const field of new Set([...a.keys(), ...b.keys()])) {
            if (field !== ID && !isSame(a.get(field), b.get(field))) {
                const known = found.get(field);
                if (known) {
                    known.documents++;
                } else {
                    found.set(field, { field, documents: 1, ours: a.get(field), theirs: b.get(field) });
                }
            }
        }
    }
    return [...found.values()];
}

/** Lets a side write its documents to a file. */
function documentsOf({ name, command, args }: Side): string[] {
    const dir = mkdtempSync(join(tmpdir(), "syntheticsun-bench-"));
    try {
        const out = join(dir, "documents.ndjson");
        const { status } = spawnSync(command, [...args, "--out", out], {
            stdio: ["ignore", "ignore", "inherit"],
        });
        if (status !== 0) {
            throw new Error(`${name} ended with ${status}`);
        }
        return readFileSync(out, "utf8").trimEnd().split("\n");
    } finally {
        rmSync(dir, { recursive: true });
    }
}

function parse({ name }: Side, line: string): Map<string, unknown> {
    try {
        return fieldsOf(JSON.parse(line));
    } catch (error) {
        throw new Error(`${name} wrote a document that is no JSON (${(error as Error).message}): ${line}`);
    }
}

/** Values by dotted path, without null. */
function fieldsOf(value: unknown, path = "", fields = new Map<string, unknown>()): Map<string, unknown> {
    if (typeof value !== "object") {
        fields.set(path, value);
    } else if (value !== null) {
        for (const [key, member] of Object.entries(value)) {
            fieldsOf(member, path === "" ? key : `${path}.${key}`, fields);
        }
    }
    return fields;
}

function isSame(a: unknown, b: unknown): boolean {
    const areTimes = [a, b].every((value) => typeof value === "string" && TIME.test(value));
    return a === b || (areTimes && Date.parse(a as string) === Date.parse(b as string));
}
