import assert from "node:assert/strict";
import { RequestListener } from "node:http";
import { gzipSync } from "node:zlib";
import { FeedPosition } from "./feed";
import { TestServers } from "./http-testing";
import { bucketOf, filesServer, isFeedError, listTools, readList, textsOf } from "./list-testing";
import { openText } from "./text";

const tools = listTools();
const readerOf = (url: string, from = tools) =>
    openText({ name: "list", protocol: "text", confidence: 50, ttlDays: 8, url }, from);

/** `count` different addresses. */
const addresses = (count: number, second = 0) =>
    Array.from({ length: count }, (_, i) => `60.${second}.${i >> 8}.${i & 255}`);

describe("text feed", () => {
    const servers = new TestServers();
    after(async () => {
        servers.close();
        await tools.http.close();
    });

    const read = async (listener: RequestListener, position?: FeedPosition) =>
        readList(readerOf(`${await servers.serve(listener)}/list`), position);
    const content =
        (bytes: string | Uint8Array, headers = {}): RequestListener =>
        (_, response) =>
            response.writeHead(200, headers).end(bytes);

    it("is read whole, and not again while it is the same", async () => {
        const files = { "/list": "# list\r\n203.0.113.4\r\nevil.example\r\n" };
        const url = `${await servers.serve(filesServer(files))}/list`;
        const first = await readList(readerOf(url));
        assert.deepEqual([textsOf(first.values), first.end.pass], [["203.0.113.4", "evil.example"], "full"]);
        const again = await readList(readerOf(url), { memory: first.end.memory });
        assert.deepEqual([again.values, again.end], [[], { pass: "unchanged", memory: first.end.memory }]);
        files["/list"] = "203.0.113.5";
        const changed = await readList(readerOf(url), { memory: first.end.memory });
        assert.deepEqual([textsOf(changed.values), changed.end.pass], [["203.0.113.5"], "full"]);
    });

    it("is asked for by its date where it has no tag", async () => {
        const date = "Tue, 24 Nov 2026 10:00:00 GMT";
        const url = await servers.serve((request, response) =>
            request.headers["if-modified-since"] === date
                ? response.writeHead(304).end()
                : response.writeHead(200, { "last-modified": date }).end("203.0.113.4"),
        );
        const { end } = await readList(readerOf(url));
        assert.equal((await readList(readerOf(url), { memory: end.memory })).end.pass, "unchanged");
    });

    it("is read anew when its URL has changed, whatever the server says of the old one", async () => {
        const answers = filesServer({ "/a": "203.0.113.4", "/b": "203.0.113.4" });
        const base = await servers.serve(answers);
        const { end } = await readList(readerOf(`${base}/a`));
        assert.equal((await readList(readerOf(`${base}/b`), { memory: end.memory })).end.pass, "full");
    });

    it("may be a gzip file, at S3 as well", async () => {
        const packed = gzipSync("203.0.113.4\n");
        assert.deepEqual(textsOf((await read(content(packed))).values), ["203.0.113.4"]);
        const s3Tools = { ...tools, s3: bucketOf({ "feeds-of-us/lists/a.gz": packed }) };
        const reader = readerOf("s3://feeds-of-us/lists/a.gz", s3Tools);
        const { values, end } = await readList(reader);
        assert.deepEqual(textsOf(values), ["203.0.113.4"]);
        assert.equal((await readList(reader, { memory: end.memory })).end.pass, "unchanged");
        await assert.rejects(
            readList(readerOf("s3://feeds-of-us/lists/b.gz", s3Tools)),
            isFeedError("request", /s3:\/\/feeds-of-us\/lists\/b\.gz does not exist/),
        );
        await assert.rejects(
            readList(readerOf("s3://bucket")),
            isFeedError("configuration", /s3:\/\/bucket\/key/),
        );
    });

    it("that is empty is a full pass without a value", async () => {
        for (const text of ["", "# nothing today\n"]) {
            const { values, end } = await read(content(text));
            assert.deepEqual([values, end.pass], [[], "full"]);
        }
    });

    const pages: readonly (readonly [string, string, object])[] = [
        ["by its type", "203.0.113.4\n", { "content-type": "text/html; charset=utf-8" }],
        ["by its beginning", "\n <!DOCTYPE html>\n<p>203.0.113.4\n", {}],
        ["in one long line", `<html>${"<p>203.0.113.4</p>".repeat(1000)}`, { "content-type": "text/plain" }],
    ];
    for (const [how, text, headers] of pages) {
        it(`is not taken from a web page, known ${how}`, async () => {
            await assert.rejects(read(content(text, headers)), isFeedError("response", /web page.*no list/));
        });
    }

    it("that is cut short is no feed", async () => {
        const text = `${addresses(9000).join("\n")}\n`;
        const cut: RequestListener = (_, response) => {
            response.writeHead(200, { "content-length": text.length + 100 });
            response.write(text, () => response.destroy());
        };
        await assert.rejects(read(cut), isFeedError("unreachable", /broke off/));
        await assert.rejects(
            read(content(gzipSync(text).subarray(0, -20))),
            isFeedError("response", /damaged: truncated gzip/),
        );
    });

    for (const [status, kind, pattern] of [
        [301, "request", /answers 301/],
        [304, "request", /answers 304/],
        [403, "authentication", /secret/],
        [404, "request", /check the feed's URL/],
        [429, "rate-limit", /schedule/],
        [503, "server", /fails \(503\)/],
    ] as const) {
        it(`says what ${status} means`, async () => {
            await assert.rejects(
                read((_, response) => response.writeHead(status).end("203.0.113.4")),
                isFeedError(kind, pattern),
            );
        });
    }

    it("is found where its server redirects to", async () => {
        const url = await servers.serve((request, response) =>
            request.url === "/new"
                ? response.end("203.0.113.4")
                : response.writeHead(302, { location: "/new" }).end(),
        );
        assert.deepEqual(textsOf((await readList(readerOf(`${url}/old`))).values), ["203.0.113.4"]);
    });

    it("drops a line without an end, and holds none of it", async function () {
        const piece = Buffer.alloc(1024 * 1024, "x");
        let most = 0;
        const start = process.memoryUsage();
        const endless: RequestListener = (_, response) => {
            response.write("203.0.113.4\n");
            let pieces = 0;
            const more = () => {
                const { heapUsed, arrayBuffers } = process.memoryUsage();
                most = Math.max(most, heapUsed - start.heapUsed + arrayBuffers - start.arrayBuffers);
                if (pieces++ < 128) {
                    response.write(piece, more);
                } else {
                    response.end("\n203.0.113.5\n");
                }
            };
            more();
        };
        const { values, end } = await read(endless);
        assert.deepEqual(values, [
            { value: "203.0.113.4" },
            { value: "x".repeat(100), refused: "line longer than 8192 characters" },
            { value: "203.0.113.5" },
        ]);
        assert.equal(end.pass, "full");
        assert.ok(most < 64 * 1024 * 1024, `${most} bytes more`);
    });

    describe("that was cut off", () => {
        const list = addresses(12_000);

        /** As the collector keeps it: JSON. */
        async function firstPages(url: string, count: number) {
            const reading = readerOf(url).read({});
            let resume: FeedPosition["resume"];
            const values: string[] = [];
            for (let i = 0; i < count; i++) {
                const { value } = (await reading.next()) as {
                    value: { values: { value: string }[]; resume: object };
                };
                values.push(...textsOf(value.values));
                resume = JSON.parse(JSON.stringify(value.resume)) as FeedPosition["resume"];
            }
            await reading.return({ pass: "full" });
            return { values, resume };
        }

        it("goes on after the last page, and gives each value once", async () => {
            const files = { "/list": list.join("\n") };
            const url = `${await servers.serve(filesServer(files))}/list`;
            for (const count of [1, 2]) {
                const { values, resume } = await firstPages(url, count);
                assert.equal(values.length, 5000 * count);
                const rest = await readList(readerOf(url), { resume });
                assert.deepEqual([...values, ...textsOf(rest.values)], list);
                assert.equal(
                    rest.pages.some(({ restarted }) => restarted),
                    false,
                );
                const { end } = await readList(readerOf(url));
                assert.deepEqual(rest.end, end);
            }
        });

        it("goes on although the list has changed behind it, and begins anew when before it", async () => {
            const files = { "/list": list.join("\n") };
            const url = `${await servers.serve(filesServer(files))}/list`;
            const { values, resume } = await firstPages(url, 1);
            const longer = [...list.slice(0, 6000), "evil.example"];
            files["/list"] = longer.join("\n");
            const rest = await readList(readerOf(url), { resume });
            assert.deepEqual([...values, ...textsOf(rest.values)], longer);
            for (const other of [list.slice(1), list.slice(0, 4999), []]) {
                files["/list"] = other.join("\n");
                const anew = await readList(readerOf(url), { resume });
                assert.deepEqual(textsOf(anew.values), other);
                assert.deepEqual(
                    anew.pages.map(({ restarted }) => restarted),
                    anew.pages.map((_, i) => (i === 0 ? true : undefined)),
                );
                assert.ok(anew.pages.length > 0);
            }
        });

        it("begins anew from a position that is none of its own", async () => {
            const { pages } = await read(content("203.0.113.4\n"), { resume: { page: 3 } });
            assert.deepEqual(
                pages.map(({ restarted, values }) => [restarted, values.length]),
                [[true, 1]],
            );
        });
    });
});
