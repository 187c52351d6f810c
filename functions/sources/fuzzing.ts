import assert from "node:assert/strict";
import fc from "fast-check";
import { readJsonLine } from "./apigateway-json";
import { LogSource } from "./source";
import { documentsOf } from "./testing";

/** A change to one line: bytes put over others from some place on, or all that follows cut off. */
type Damage = { readonly at: number; readonly bytes: Uint8Array | undefined };

const damage: fc.Arbitrary<Damage> = fc.record({
    at: fc.nat(),
    bytes: fc.option(fc.uint8Array({ minLength: 1, maxLength: 4 }), { nil: undefined }),
});

function damaged(line: string, { at, bytes }: Damage): Buffer {
    const from = at % Buffer.byteLength(line);
    const copy = Buffer.from(line);
    if (bytes === undefined) {
        return copy.subarray(0, from);
    }
    copy.set(bytes.subarray(0, copy.length - from), from);
    return copy;
}

/**
 * Asserts what holds for every source that reads lines: damage to one of them never throws and never costs another
 * one, the counts add up, no document has a name twice, and documents do not depend on where the stream is cut.
 * @param lines records that become a document each
 */
export async function assertHolds(source: LogSource, lines: readonly string[]): Promise<void> {
    const records = await Promise.all(
        lines.map(async (line) => ({
            line,
            document: withoutId((await documentsOf(source, line)).documents[0]),
        })),
    );
    const record = fc.constantFrom(...records);
    const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 4 });
    await fc.assert(
        fc.asyncProperty(
            record,
            record,
            record,
            damage,
            cuts,
            async (before, between, after, change, sizes) => {
                const feed = Buffer.from("\n");
                const middle = damaged(between.line, change);
                const input = Buffer.concat([
                    Buffer.from(before.line),
                    feed,
                    middle,
                    feed,
                    Buffer.from(after.line),
                ]);
                const { report, documents, quarantined, text } = await documentsOf(source, input);
                assert.equal(report.in, report.documents + report.quarantined + report.skipped);
                assert.equal(documents.length, report.documents);
                assert.equal(quarantined.length, report.quarantined);
                assert.deepEqual(withoutId(documents[0]), before.document);
                assert.deepEqual(withoutId(documents[documents.length - 1]), after.document);
                for (const line of text
                    .trimEnd()
                    .split("\n")
                    .map((written) => Buffer.from(written))) {
                    assert.ok(readJsonLine(line, 0, line.length)?.isSound);
                }
                const cut = await documentsOf(source, input, { cuts: sizes });
                assert.equal(cut.text, text);
                assert.deepEqual(cut.quarantined, quarantined);
            },
        ),
        { numRuns: 150 },
    );
}

/** The id tells the record's place. */
function withoutId(document: { readonly event: object }): object {
    return { ...document, event: { ...document.event, id: "" } };
}
