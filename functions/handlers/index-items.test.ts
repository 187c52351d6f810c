import assert from "node:assert/strict";
import { IndexItem, Rejected } from "../sinks/opensearch";
import { indexItems } from "./index-items";

const line = (event: object, timestamp: unknown = "2026-11-24T00:00:00.000Z", more: object = {}) =>
    JSON.stringify({ "@timestamp": timestamp, event, ...more });
const EVENT = { id: "i", dataset: "aws.waf" };

async function itemsOf(...chunks: (string | Uint8Array)[]) {
    async function* input() {
        for (const chunk of chunks) {
            yield Buffer.from(chunk as string);
        }
    }
    const items: IndexItem[] = [];
    const rejected: Rejected[] = [];
    for await (const item of indexItems(input(), rejected)) {
        items.push(item);
    }
    return { items, rejected };
}

describe("indexItems", () => {
    it("names index and id by the event, and keeps the line as it is", async () => {
        const lines = [
            '{"@timestamp":"2026-11-23T23:59:59.999Z","event":{"id":"ä","dataset":"aws.vpcflow"},"n":1.10,"x":"\\u00e4"}',
            line(EVENT),
        ];
        const { items, rejected } = await itemsOf(lines.join("\n").slice(0, 50), lines.join("\n").slice(50));
        assert.deepEqual(items, [
            { index: "logs-aws.vpcflow-2026.11.23", id: "ä", line: lines[0] },
            { index: "logs-aws.waf-2026.11.24", id: "i", line: lines[1] },
        ]);
        assert.deepEqual(rejected, []);
    });

    for (const [text, reason] of [
        ["{", "not JSON"],
        ["null", "no event.id of 1 to 512 bytes"],
        ["[]", "no event.id of 1 to 512 bytes"],
        ['{"event":null}', "no event.id of 1 to 512 bytes"],
        [line({ ...EVENT, id: "" }), "no event.id of 1 to 512 bytes"],
        [line({ ...EVENT, id: 5 }), "no event.id of 1 to 512 bytes"],
        [line({ ...EVENT, id: "ä".repeat(257) }), "no event.id of 1 to 512 bytes"],
        [line({ id: "i" }), "no event.dataset that can name an index"],
        [line({ id: "i", dataset: "../_all" }), "no event.dataset that can name an index"],
        [line({ id: "i", dataset: "AWS.waf" }), "no event.dataset that can name an index"],
        [line({ id: "i", dataset: "x".repeat(101) }), "no event.dataset that can name an index"],
        [line(EVENT, 5), "no @timestamp in ISO 8601"],
        [line(EVENT, "2026-11-24"), "no @timestamp in ISO 8601"],
        [line(EVENT, "2026-13-24T00:00:00Z"), "no @timestamp in ISO 8601"],
    ] as const) {
        it(`rejects ${text.slice(0, 60)}, and keeps its neighbours`, async () => {
            const { items, rejected } = await itemsOf(`${line(EVENT)}\n${text}\n${line(EVENT)}\n`);
            assert.deepEqual(rejected, [{ line: text, reason }]);
            assert.equal(items.length, 2);
        });
    }

    it("rejects bytes that are no text", async () => {
        const { items, rejected } = await itemsOf(Buffer.of(0xff, 10), line(EVENT));
        assert.deepEqual(rejected, [{ line: "\ufffd", reason: "not valid UTF-8" }]);
        assert.equal(items.length, 1);
    });

    it("takes documents longer than any log line, and cuts only the values that are too long", async () => {
        const more = {
            text: "ä".repeat(20_000),
            list: Array.from({ length: 60_000 }, (_, i) => `value ${i} "quoted"`),
        };
        const text = line(EVENT, undefined, more);
        assert.ok(text.length > 1 << 20);
        const { items, rejected } = await itemsOf(text.slice(0, 1_000_000), text.slice(1_000_000), "\n");
        assert.deepEqual(rejected, []);
        const document = JSON.parse(items[0].line) as typeof more & { tags: string[] };
        assert.deepEqual(document.list, more.list);
        assert.equal(document.text, `${"ä".repeat(8000)}… (40000 bytes)`);
        assert.deepEqual(document.tags, ["value_cut"]);
        // Long, but without a value that is.
        const { items: whole } = await itemsOf(line(EVENT, undefined, { list: more.list }));
        assert.equal(whole[0].line, line(EVENT, undefined, { list: more.list }));
    });
});
