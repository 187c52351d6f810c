import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { indicatorOf, IndicatorType } from "../../indicators/indicator";
import { HubContent, testHub, VERSION } from "./testing";
import { main } from "./main";

function indicator(type: IndicatorType, value: string, ...feeds: readonly string[]) {
    const refs = feeds.map((name, index) => ({
        name,
        firstSeen: `2026-11-2${index}T10:00:00.000Z`,
        lastSeen: "2026-11-24T10:00:00.000Z",
        confidence: 60 + index,
        expiresAt: Date.parse("2026-12-02T10:00:00Z") / 1000,
    }));
    return indicatorOf(type, value, refs);
}

/** Runs a command line. @returns its exit code and what it printed */
async function run(content: HubContent, ...argv: readonly string[]) {
    const { hub, overrides, invoked } = testHub(content);
    let out = "";
    let err = "";
    const code = await main(argv, async () => hub, {
        out: (text) => (out += text),
        err: (text) => (err += text),
    });
    return { code, out, err, overrides, invoked };
}

const wafReport = (version: string, room: number) =>
    JSON.stringify({ version, places: [{ place: "waf", room: { ipv4: room, ipv6: room } }], failed: [] });

describe("indicators explain", () => {
    const two = indicator("ipv4", "203.0.113.9", "ipsum", "misp");
    const net = indicator("cidr", "198.51.100.0/24", "misp");
    const better = indicator("ipv4", "203.0.113.7", "a", "b", "c");
    const name = indicator("domain", "evil.example", "misp");
    const indicators = [two, net, better, name];

    it("says which feeds report a value, since when, and where it is enforced", async () => {
        const objects = {
            "lake/enforcement/222222222222/us-east-1.json": wafReport(VERSION, 10),
            "lake/enforcement/333333333333/eu-west-1.json": wafReport(VERSION, 1),
            "lake/enforcement/444444444444/eu-west-1.json": wafReport("older", 10),
        };
        const { code, out } = await run({ indicators, objects }, "explain", "203.0.113[.]9");
        assert.equal(code, 0);
        assert.match(out, /^203\.0\.113\.9 \(ipv4\)$/m);
        assert.match(out, /in force itself, by ipsum, misp, confidence 61/);
        assert.match(out, /ipsum since 2026-11-20T10:00:00/);
        assert.match(out, /misp since 2026-11-21T10:00:00.*until 2026-12-02T10:00:00/);
        assert.match(out, /222222222222 us-east-1: waf ipv4: yes/);
        assert.match(out, /333333333333 eu-west-1: waf ipv4: no \(better ones take all the room\)/);
        assert.match(out, /444444444444 eu-west-1: has another version/);
    });

    it("finds the network around an address, and the domain above a name", async () => {
        const address = await run({ indicators }, "explain", "198.51.100.77");
        assert.match(address.out, /in force as part of 198\.51\.100\.0\/24/);
        assert.match(address.out, /misp \(198\.51\.100\.0\/24\) since/);
        const below = await run({ indicators }, "explain", "www.evil.example");
        assert.match(below.out, /in force as part of evil\.example/);
    });

    it("says by which rule a value is refused, and which feed had it", async () => {
        const list = (run: string, refused: readonly string[]) => ({
            run,
            pass: "full",
            at: VERSION,
            parts: [],
            refused,
            counts: { read: 1, indicators: 0, refused: {}, invalid: 0 },
        });
        const feed = {
            name: "ipsum",
            protocol: "text",
            url: "https://x.example",
            confidence: 50,
            ttlDays: 8,
        } as const;
        const { out } = await run(
            {
                settings: { feeds: [feed] },
                objects: {
                    "snapshots/feeds/ipsum/state.json": JSON.stringify({
                        feed: "ipsum",
                        partials: [],
                        good: list("1", ["feeds/ipsum/1/refused-00000.tsv.gz"]),
                    }),
                    "snapshots/feeds/ipsum/1/refused-00000.tsv.gz": gzipSync("10.1.2.3:80\tprivate range\n"),
                },
            },
            "explain",
            "10.1.2.3",
        );
        assert.match(out, /not among the indicators in force/);
        assert.match(out, /by rule now: private range/);
        assert.match(out, /when ipsum was collected: private range/);
        assert.match(out, /enforced +nowhere/);
    });

    it("tells analysts' decisions, and that one of them keeps a value out", async () => {
        const override = {
            value: "203.0.113.50",
            at: "2026-11-24T11:00:00.000Z",
            action: "allow" as const,
            reason: "our scanner",
            by: "arn:aws:iam::111111111111:user/ada",
            until: "2026-12-31T00:00:00.000Z",
        };
        const { out } = await run({ overrides: [override] }, "explain", "203.0.113.50", "--json");
        const explanation = JSON.parse(out);
        assert.deepEqual(explanation.overrides, [override]);
        assert.equal(explanation.rule, "allowed by an analyst");
    });

    it("says what is no indicator", async () => {
        const { code, err } = await run({}, "explain", "what is this");
        assert.deepEqual([code, err], [1, '"what is this" is no address, network, domain or URL\n']);
    });
});

describe("indicators allow, block and lift", () => {
    it("record who decided what and why, and publish", async () => {
        const { code, overrides, invoked } = await run(
            {},
            ...["block", "hxxp://Evil.Example/x", "--reason", "incident 4711", "--until", "2026-12-31"],
        );
        assert.equal(code, 0);
        assert.deepEqual(overrides, [
            {
                value: "http://evil.example/x",
                at: "2026-11-24T12:30:00.000Z",
                action: "block",
                reason: "incident 4711",
                by: "arn:aws:sts::111111111111:assumed-role/analyst/ada",
                until: "2026-12-31T00:00:00.000Z",
            },
        ]);
        assert.deepEqual(invoked, [["compile", {}]]);
    });

    const refused: [string[], number, RegExp][] = [
        [["block", "10.0.0.1", "--reason", "x"], 1, /10\.0\.0\.1 is never blocked: private range/],
        [["block", "9.9.9.9", "--reason", "x"], 1, /never blocked: on the allow list/],
        [["allow", "9.9.9.9", "--reason", "x", "--until", "2020-01-01"], 1, /no time to come/],
        [["allow", "9.9.9.9", "--reason", "x", "--until", "soon"], 1, /no time to come/],
        [["allow", "9.9.9.9"], 2, /--reason/],
        [["allow", "--reason", "x"], 2, /allow takes one argument/],
        [["explain", "9.9.9.9", "8.8.8.8"], 2, /explain takes one argument/],
        [["forget", "9.9.9.9"], 2, /unknown command "forget"/],
        [["explain", "9.9.9.9", "--frobnicate"], 2, /frobnicate/],
        [[], 2, /Usage/],
    ];
    for (const [argv, expected, pattern] of refused) {
        it(`refuses: ${argv.join(" ") || "nothing"}`, async () => {
            const { code, err, overrides, invoked } = await run(
                { settings: { allowList: ["9.9.9.9"] } },
                ...argv,
            );
            assert.equal(code, expected);
            assert.match(err, pattern);
            assert.deepEqual([overrides, invoked], [[], []]);
        });
    }
});

describe("indicators collect, accept and publish", () => {
    const commands: [string[], unknown[]][] = [
        [
            ["collect", "misp"],
            ["collect", { feed: "misp" }],
        ],
        [
            ["accept", "misp"],
            ["collect", { feed: "misp", accept: true }],
        ],
        [["publish"], ["compile", { force: false }]],
        [
            ["publish", "--force"],
            ["compile", { force: true }],
        ],
        [
            ["publish", "--rollback"],
            ["compile", { rollback: true }],
        ],
    ];
    for (const [argv, call] of commands) {
        it(`${argv.join(" ")} invokes ${String(call[0])}, and prints its report`, async () => {
            const functions = {
                collect: () => ({ outcome: "collected" }),
                compile: () => ({ published: true }),
            };
            const { code, out, invoked } = await run({ functions }, ...argv);
            assert.equal(code, 0);
            assert.deepEqual(invoked, [call]);
            assert.match(out, /collected|published/);
        });
    }
});

describe("indicators lists", () => {
    it("prints addresses that hold as long as asked for, and no longer than S3 allows", async () => {
        const objects = { "snapshots/lists/edl-ip.txt": "203.0.113.9\n" };
        const { out } = await run({ objects }, "lists", "--seconds", "600");
        assert.match(out, /^https:\/\/snapshots\.s3\..*\/lists\/edl-ip\.txt\?.*X-Amz-Expires=600/);
        const tooLong = await run({ objects }, "lists", "--seconds", "999999");
        assert.match(tooLong.err, /from 1 to 604800/);
        assert.match((await run({}, "lists")).err, /no block lists yet/);
    });
});
