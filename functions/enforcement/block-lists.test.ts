import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { failure, MemoryBucket } from "../bucket-testing";
import { IndicatorMatch } from "../indicators/indicator";
import { encodeSnapshot, Snapshot } from "../indicators/snapshot";
import { csvField } from "./block-list-formats";
import { BlockListOptions, blockListsPlace } from "./block-lists";
import { blockable, changes, indicator, indicatorLists, inRankOrder } from "./testing";

function hub(more: Partial<BlockListOptions> = {}) {
    const bucket = new MemoryBucket();
    const place = blockListsPlace({ s3: { send: bucket.send }, bucket: "hub", ...more });
    const lines = (name: string) => (bucket.text(`lists/${name}`) ?? "").split("\n").slice(0, -1);
    return { bucket, lines, run: (list: IndicatorMatch[]) => place.enforce(blockable(list)), place };
}

const LIST = [
    indicator("9.9.9.1"),
    indicator("9.8.0.0/16", { confidence: 90 }),
    indicator("2a00::1"),
    indicator("0.0.0.0/0"),
    indicator("evil.example", { feeds: ["a", "=cmd|'x'!A1"] }),
    indicator("a_b.example"),
    indicator("https://u.example/x?y=1,2"),
];

describe("block lists", () => {
    it("are each written as those who read them want it", async () => {
        const { lines, run } = hub();
        const report = await run(LIST);
        assert.deepEqual(lines("edl-ip.txt"), ["9.8.0.0/16", "2a00::1", "9.9.9.1"]);
        assert.deepEqual(lines("edl-domain.txt"), ["a_b.example", "evil.example"]);
        assert.deepEqual(lines("edl-url.txt"), ["u.example/x?y=1,2"]);
        assert.deepEqual(lines("squid-domains.acl"), [".evil.example", ".a_b.example"]);
        assert.deepEqual(lines("nginx-deny.conf"), ["deny 9.9.9.1;", "deny 9.8.0.0/16;", "deny 2a00::1;"]);
        assert.equal(lines("plain.txt").length, LIST.length);
        const rows = parse(lines("indicators.csv").join("\n"), { columns: true }) as Record<string, string>[];
        assert.deepEqual(Object.values(rows[4]), [
            "evil.example",
            "domain",
            "80",
            LIST[4].firstSeen,
            LIST[4].lastSeen,
            "a =cmd|'x'!A1",
        ]);
        assert.equal(rows[6].value, "https://u.example/x?y=1,2");
        assert.deepEqual(report.unfit, { "prefix-0": 2 });
    });

    it("are written only when they changed, and say what changed", async () => {
        const { bucket, run } = hub();
        const first = await run(LIST);
        const total = first.added;
        const { writes } = bucket;
        assert.deepEqual(changes(await run(LIST)), [0, 0, total]);
        assert.equal(bucket.writes, writes);
        const changed = await run([...LIST.slice(1), indicator("9.9.9.2"), indicator("9.9.9.3")]);
        // The four files that hold addresses: two come, one goes.
        assert.deepEqual([changed.added, changed.removed], [8, 4]);
        assert.equal(bucket.writes, writes + 4);
    });

    it("hold the best that their readers take, best first", async () => {
        const { lines, run } = hub({ rooms: { "edl-ip.txt": 2 } });
        const report = await run(LIST);
        assert.deepEqual(lines("edl-ip.txt"), ["9.8.0.0/16", "2a00::1"]);
        assert.deepEqual([report.leftOut, report.room["edl-ip.txt"]], [1, 2]);
    });

    it("name no domain for Squid beside its parent", async () => {
        const { lines, place } = hub();
        const list = ["evil.example", "a.b.evil.example", "notevil.example"];
        const all = list.map((value) => indicator(value));
        await place.enforce(Snapshot.decode(encodeSnapshot(all)));
        assert.deepEqual(lines("squid-domains.acl").sort(), [".evil.example", ".notevil.example"]);
        assert.equal(lines("plain.txt").length, 3);
    });

    it("are one whole object however many parts they went up in, or the old one where that failed", async () => {
        const { bucket, lines, run } = hub({ partBytes: 64 });
        const many = Array.from({ length: 50 }, (_, i) => indicator(`9.9.9.${i}`));
        await run(many);
        assert.deepEqual(
            lines("plain.txt"),
            many.map(({ value }) => value),
        );
        let left = 3;
        bucket.fault = () => {
            if (left-- === 0) {
                throw failure("Interrupted");
            }
        };
        const before = new Map(bucket.objects);
        await assert.rejects(run(many.slice(1)), { name: "Interrupted" });
        assert.deepEqual(bucket.objects, before);
        assert.equal(bucket.uploads.size, 0);
        await run(many.slice(1));
        assert.equal(lines("plain.txt").length, 49);
    });

    it("hold exactly what fits, whatever they held, and are then not written", async () => {
        await fc.assert(
            fc.asyncProperty(indicatorLists, indicatorLists, fc.nat(5), async (before, after, room) => {
                const { bucket, lines, run } = hub({ rooms: { "edl-domain.txt": room } });
                await run(before);
                await run(after);
                const domains = inRankOrder(after).filter(({ type }) => type === "domain");
                assert.deepEqual(
                    lines("edl-domain.txt"),
                    domains.slice(0, room).map(({ value }) => value),
                );
                assert.deepEqual(lines("plain.txt").sort(), after.map(({ value }) => value).sort());
                const { writes } = bucket;
                assert.deepEqual(changes(await run(after)).slice(0, 2), [0, 0]);
                assert.equal(bucket.writes, writes);
            }),
        );
    });
});

describe("csvField", () => {
    it("is read back as it was, on one line, and is no formula", () => {
        fc.assert(
            fc.property(
                fc.string({ unit: fc.constantFrom("=", "+", "-", "@", "\t", "\r", "\n", '"', ",", "a") }),
                (text) => {
                    const written = csvField(text);
                    assert.doesNotMatch(written, /[\r\n]/);
                    const [[read]] = parse(`${written},x`) as string[][];
                    assert.doesNotMatch(read, /^[=+\-@\t]/);
                    assert.equal(read.replace(/^'/, ""), text.replace(/[\r\n]+/g, " "));
                },
            ),
        );
    });
});
