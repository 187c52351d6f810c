import assert from "node:assert/strict";
import { RequestListener } from "node:http";
import { TestServers } from "./http-testing";
import { bucketOf, filesServer, isFeedError, listTools, readList, textsOf } from "./list-testing";
import { openMispFeed } from "./misp-feed";

const tools = listTools();
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const readerOf = (url: string, from = tools) =>
    openMispFeed({ name: "osint", protocol: "misp-feed", confidence: 50, ttlDays: 8, url }, from);

const attribute = (type: string, value: string, more = {}) => ({ type, value, to_ids: true, ...more });
const event = (...Attribute: object[]) => JSON.stringify({ Event: { info: "x", Attribute, Object: [] } });

/** Files of a feed whose events have these attributes each. */
function feedOf(events: readonly (readonly object[])[]): Record<string, string> {
    const manifest = Object.fromEntries(
        events.map((_, i) => [uuid(i), { timestamp: "1700000000", info: "x" }]),
    );
    return Object.fromEntries([
        ["/manifest.json", JSON.stringify(manifest)],
        ...events.map((attributes, i) => [`/${uuid(i)}.json`, event(...attributes)]),
    ]) as Record<string, string>;
}

describe("MISP feed directory", () => {
    const servers = new TestServers();
    after(async () => {
        servers.close();
        await tools.http.close();
    });
    const serve = async (files: Record<string, string>) => servers.serve(filesServer(files));

    it("gives the values of its events and their objects that are for detection", async () => {
        const files = feedOf([
            [
                attribute("ip-dst|port", "203.0.113.4|443"),
                attribute("domain|ip", "evil.example|203.0.113.5"),
                attribute("ip-src", "203.0.113.6", { to_ids: false }),
                attribute("md5", "d41d8cd98f00b204e9800998ecf8427e"),
            ],
        ]);
        files[`/${uuid(0)}.json`] = JSON.stringify({
            Event: {
                Attribute: (JSON.parse(files[`/${uuid(0)}.json`]) as { Event: { Attribute: object[] } }).Event
                    .Attribute,
                Object: [
                    { name: "url", Attribute: [attribute("url", "http://evil.example/a|b"), null] },
                    null,
                ],
            },
        });
        const { values, end } = await readList(readerOf(`${await serve(files)}/`));
        assert.deepEqual(textsOf(values), [
            "203.0.113.4",
            "evil.example",
            "203.0.113.5",
            "http://evil.example/a|b",
        ]);
        assert.equal(end.pass, "full");
    });

    it("is not read again while its manifest is the same", async () => {
        const files = feedOf([[attribute("domain", "evil.example")]]);
        const asked: string[] = [];
        const listener: RequestListener = (request, response) => {
            asked.push(request.url ?? "");
            filesServer(files)(request, response);
        };
        const url = await servers.serve(listener);
        const { memory } = (await readList(readerOf(url))).end;
        asked.length = 0;
        assert.equal((await readList(readerOf(url), { memory })).end.pass, "unchanged");
        assert.deepEqual(asked, ["/manifest.json"]);
        const withoutTag = { ...memory, etag: undefined };
        assert.equal((await readList(readerOf(url), { memory: withoutTag })).end.pass, "unchanged");
        Object.assign(
            files,
            feedOf([[attribute("domain", "evil.example")], [attribute("domain", "b.example")]]),
        );
        const changed = await readList(readerOf(url), { memory });
        assert.deepEqual(
            [textsOf(changed.values), changed.end.pass],
            [["evil.example", "b.example"], "full"],
        );
    });

    it("may lie in S3", async () => {
        const objects = Object.entries(feedOf([[attribute("domain", "evil.example")]]));
        const s3 = bucketOf(Object.fromEntries(objects.map(([path, text]) => [`of-us/osint${path}`, text])));
        const { values } = await readList(readerOf("s3://of-us/osint/", { ...tools, s3 }));
        assert.deepEqual(textsOf(values), ["evil.example"]);
    });

    it("goes on after the last page, unless the manifest has changed", async () => {
        const events = Array.from({ length: 10 }, (_, i) =>
            Array.from({ length: 1500 }, (_, j) => attribute("domain", `a${j}.b${i}.example`)),
        );
        const url = await serve(feedOf(events));
        const whole = await readList(readerOf(url));
        assert.ok(whole.pages.length > 1);
        const resume = JSON.parse(JSON.stringify(whole.pages[0].resume)) as object;
        const rest = await readList(readerOf(url), { resume: { ...resume } });
        assert.deepEqual(rest.values, whole.values.slice(whole.pages[0].values.length));
        assert.equal(rest.pages[0].restarted, undefined);
        const other = await serve(feedOf([[attribute("domain", "evil.example")]]));
        for (const [place, expected] of [
            [other, ["evil.example"]],
            [await serve(feedOf([])), []],
        ] as const) {
            const anew = await readList(readerOf(place), { resume: { ...resume } });
            assert.deepEqual(textsOf(anew.values), expected);
            assert.deepEqual(
                anew.pages.map(({ restarted }) => restarted),
                [true],
            );
        }
    });

    it("bears an event that fails for a moment, and fails with one that is not there", async () => {
        const files = feedOf([[attribute("domain", "evil.example")]]);
        let failures = 2;
        const url = await servers.serve((request, response) =>
            request.url !== "/manifest.json" && failures-- > 0
                ? response.writeHead(503).end()
                : filesServer(files)(request, response),
        );
        assert.deepEqual(textsOf((await readList(readerOf(url))).values), ["evil.example"]);
        delete files[`/${uuid(0)}.json`];
        await assert.rejects(
            readList(readerOf(url)),
            isFeedError("request", /00000000-.*\.json answers 404/),
        );
    });

    it("asks for nothing but its events", async () => {
        for (const name of ["../../secret", "http://169.254.169.254/x", "%2e%2e"]) {
            const url = await serve({ "/manifest.json": JSON.stringify({ [name]: {} }) });
            await assert.rejects(readList(readerOf(url)), isFeedError("response", /no MISP manifest/));
        }
    });

    for (const [what, text] of [
        ["a list", "[]"],
        ["no JSON", "203.0.113.4"],
        ["a web page", "<!doctype html><p>log in</p>"],
    ]) {
        it(`is not read when its manifest is ${what}`, async () => {
            const url = await serve({ "/manifest.json": text });
            await assert.rejects(readList(readerOf(url)), isFeedError("response", /manifest/));
        });
    }

    it("is not read when an event is none", async () => {
        const files = { ...feedOf([[]]), [`/${uuid(0)}.json`]: "{}" };
        await assert.rejects(
            readList(readerOf(await serve(files))),
            isFeedError("response", /no MISP event/),
        );
    });
});
