import assert from "node:assert/strict";
import fc from "fast-check";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { Enrichment } from "../enrichment/enrichment";
import { enrichmentOf, Json } from "./testing";
import { beginUrl, copyJsonUrl, endUrl, writeJsonUrl, writeUrl } from "./url";

const KEY = keys("url");

/** The document that has the URL which `write` writes. */
function documentWith(write: (document: Document) => void, enrichment = new Enrichment()): Json {
    const document = new Document("test", "0-", enrichment, () => undefined);
    document.begin(1, 4096);
    document.event(0);
    document.close();
    document.open(KEY.url);
    write(document);
    document.close();
    document.finish();
    return JSON.parse(document.bytes.toString("utf8", 0, document.at));
}

function parts(url: string, enrichment?: Enrichment): Json {
    const bytes = Buffer.from(url);
    return documentWith((document) => writeUrl(document, "original", bytes, 0, bytes.length), enrichment);
}

function jsonParts(inside: string, enrichment?: Enrichment): Json {
    const bytes = Buffer.from(`"${inside}"`);
    return documentWith((document) => writeJsonUrl(document, "full", bytes, 1, bytes.length - 1), enrichment);
}

describe("writeUrl", () => {
    it("takes a URL apart", () => {
        const url = "https://Shop.example:8443/a/b.tar.gz?x=1&y=a/b.c?#top";
        assert.deepEqual(parts(url).url, {
            original: url,
            scheme: "https",
            domain: "Shop.example",
            port: 8443,
            path: "/a/b.tar.gz",
            query: "x=1&y=a/b.c?",
            fragment: "top",
            extension: "gz",
        });
        assert.deepEqual(parts(url).related.hosts, ["shop.example"]);
    });

    const CASES: Readonly<Record<string, Json>> = {
        "/cart?id=1": { path: "/cart", query: "id=1" },
        "http://shop.example": { scheme: "http", domain: "shop.example" },
        "http://shop.example?x": { scheme: "http", domain: "shop.example", query: "x" },
        "http://shop.example:80-/": { scheme: "http", domain: "shop.example", path: "/" },
        "http://shop.example:99999/": { scheme: "http", domain: "shop.example", path: "/" },
        "http://[2001:db8::1]:80/": { scheme: "http", domain: "[2001:db8::1]", port: 80, path: "/" },
        "http://mara:se:cret@shop.example/": {
            ...{ scheme: "http", username: "mara", password: "se:cret", domain: "shop.example", path: "/" },
        },
        "http://shop.example@evil.example/": {
            ...{ scheme: "http", username: "shop.example", domain: "evil.example", path: "/" },
        },
        "http://shop.example/mail@x:1": { scheme: "http", domain: "shop.example", path: "/mail@x:1" },
        "wss://shop.example/.env": {
            ...{ scheme: "wss", domain: "shop.example", path: "/.env", extension: "env" },
        },
        "http://x.example/a.b/c": { scheme: "http", domain: "x.example", path: "/a.b/c" },
        "shop.example:443": {},
        "*": {},
        "http://": { scheme: "http" },
        'http://x.example/"\\<é>': { scheme: "http", domain: "x.example", path: '/"\\<é>' },
    };
    for (const [url, expected] of Object.entries(CASES)) {
        it(`writes what there is of ${url}`, () => {
            assert.deepEqual(parts(url).url, { original: url, ...expected });
        });
    }

    it("keeps any text whole, and writes parts that are part of it", () => {
        const text = fc.oneof(
            fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
            fc.stringMatching(/^https?:\/\/[a-z@:.[\]\\"/?#]{0,20}$/),
            fc.webUrl({ withQueryParameters: true, withFragments: true }),
        );
        fc.assert(
            fc.property(text, (url) => {
                const { original, ...rest } = parts(url).url;
                assert.equal(original, url);
                for (const value of Object.values(rest)) {
                    assert.ok(url.includes(String(value)), `${value} of ${url}`);
                }
            }),
        );
    });

    it("matches indicators for hosts and URLs, written in another way too", () => {
        const cases = [
            ["domain", "evil.example", "http://a.EVIL.example/x"],
            ["ipv4", "203.0.113.9", "http://203.0.113.9:8080/"],
            ["ipv6", "2001:db8::1", "http://[2001:DB8::1]/"],
            ["url", "http://evil.example/drop", "http://evil.example:80/drop#x"],
            ["url", "http://evil.example/%22", 'http://evil.example/"'],
        ] as const;
        for (const [type, value, url] of cases) {
            const enrichment = enrichmentOf({ type, value });
            assert.equal(parts(url, enrichment).threat.matched, true, url);
            const [{ matched }] = parts(url, enrichment).threat.enrichments;
            assert.equal(matched.field, type === "url" ? "url.original" : "url.domain");
            assert.equal(jsonParts(JSON.stringify(url).slice(1, -1), enrichment).threat.matched, true, url);
        }
        const other = enrichmentOf({ type: "url", value: "http://evil.example/drop" });
        assert.equal(parts("http://evil.example/", other).threat.matched, false);
    });
});

describe("writeJsonUrl", () => {
    it("takes the inside of a JSON string as it is", () => {
        const { url } = jsonParts('http://x.example/a\\"b\\u00e9\\\\?q=\\"');
        assert.deepEqual(url, {
            full: 'http://x.example/a"bé\\?q="',
            scheme: "http",
            domain: "x.example",
            path: '/a"bé\\',
            query: 'q="',
        });
    });

    it("understands escaped slashes", () => {
        const { url } = jsonParts("https:\\/\\/x.example\\/a\\\\\\/b");
        assert.deepEqual(url, {
            full: "https://x.example/a\\/b",
            scheme: "https",
            domain: "x.example",
            path: "/a\\/b",
        });
    });
});

describe("beginUrl and endUrl", () => {
    it("take a URL that is put together", () => {
        const { url, related } = documentWith((document) => {
            const start = beginUrl(document, "full");
            document.escaped(Buffer.from("https://"), 0, 8);
            document.escaped(Buffer.from("shop.example"), 0, 12);
            copyJsonUrl(document, Buffer.from("\\/a?b"), 0, 5);
            assert.equal(endUrl(document, "full", start)?.name, "shop.example");
        });
        assert.equal(url.full, "https://shop.example/a?b");
        assert.deepEqual([url.domain, url.path, url.query], ["shop.example", "/a", "b"]);
        assert.deepEqual(related.hosts, ["shop.example"]);
    });
});
