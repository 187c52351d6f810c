import assert from "node:assert/strict";
import { FeedEnd, FeedPage, FeedPosition, FeedValue } from "../functions/feeds/feed";
import { FeedError } from "../functions/feeds/feed-error";
import { feedHttp } from "../functions/feeds/http";
import { openTaxii1 } from "../functions/feeds/taxii1";
import { ensurePythonPackages } from "../local/tools/pythonPackages";
import { OpenTaxii, OPENTAXII_REQUIREMENTS, startOpenTaxii } from "./servers/opentaxii";

const READER = { username: "reader", password: "what it reads with" };

/** A package with an indicator for an address and a URL. */
function stix(last: number): string {
    return `<stix:STIX_Package xmlns:stix="http://stix.mitre.org/stix-1" xmlns:ind="http://stix.mitre.org/Indicator-2"
        xmlns:stixCommon="http://stix.mitre.org/common-1" xmlns:cybox="http://cybox.mitre.org/cybox-2"
        xmlns:addr="http://cybox.mitre.org/objects#AddressObject-2" xmlns:uri="http://cybox.mitre.org/objects#URIObject-2"
        xmlns:e="http://feed.example" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        id="e:package-${last}" version="1.1.1">
        <stix:Indicators><stix:Indicator id="e:indicator-${last}" xsi:type="ind:IndicatorType">
            <ind:Observable><cybox:Observable_Composition operator="OR">
                <cybox:Observable><cybox:Object><cybox:Properties xsi:type="addr:AddressObjectType" category="ipv4-addr">
                    <addr:Address_Value condition="Equals">203.0.113.${last}</addr:Address_Value>
                </cybox:Properties></cybox:Object></cybox:Observable>
                <cybox:Observable><cybox:Object><cybox:Properties xsi:type="uri:URIObjectType" type="URL">
                    <uri:Value condition="Equals">http://evil.example/${last}?a=1&amp;b=2</uri:Value>
                </cybox:Properties></cybox:Object></cybox:Observable>
            </cybox:Observable_Composition></ind:Observable>
            <ind:Confidence><stixCommon:Value>High</stixCommon:Value></ind:Confidence>
        </stix:Indicator></stix:Indicators></stix:STIX_Package>`;
}

const expected = (...lasts: number[]): string[] =>
    lasts.flatMap((last) => [`203.0.113.${last}`, `http://evil.example/${last}?a=1&b=2`]);

describe("TAXII 1.1 feed of a real server", function () {
    this.timeout(300_000);
    let server: OpenTaxii;

    before(async () => {
        const python = await ensurePythonPackages("opentaxii", OPENTAXII_REQUIREMENTS, () => undefined);
        server = await startOpenTaxii({
            python,
            collections: ["iocs", "empty"],
            reader: READER,
            partSize: 2,
        });
        for (const last of [1, 2, 3, 4, 5]) {
            await server.push("iocs", stix(last));
        }
        await server.push("iocs", "<other>no STIX</other>");
    });
    after(() => server?.stop());

    async function read(
        position: FeedPosition = {},
        collections?: readonly string[],
        reader = READER,
    ): Promise<{ pages: FeedPage[]; values: FeedValue[]; end: FeedEnd }> {
        const { username, password } = reader;
        const http = feedHttp({ auth: { type: "basic" }, secret: `${username}:${password}` });
        const reading = openTaxii1(
            {
                name: "real",
                protocol: "taxii1",
                url: server.discovery,
                collections,
                confidence: 50,
                ttlDays: 8,
            },
            {
                http,
                s3: undefined as never,
                now: () => new Date(),
                sleep: async () => undefined,
            },
        ).read(position);
        const pages: FeedPage[] = [];
        try {
            for (;;) {
                const step = await reading.next();
                if (step.done) {
                    return { pages, values: pages.flatMap((page) => page.values), end: step.value };
                }
                pages.push(step.value);
            }
        } finally {
            await http.close();
        }
    }

    const accepted = (values: readonly FeedValue[]): string[] =>
        values.filter(({ refused }) => !refused).map(({ value }) => value);

    it("reads all collections, in parts, and says what cannot be read", async () => {
        const { pages, values, end } = await read();
        assert.deepEqual(accepted(values), expected(1, 2, 3, 4, 5));
        assert.deepEqual(
            values.filter(({ refused }) => refused).map(({ refused }) => refused),
            ["content block cannot be read"],
        );
        assert.ok(values.filter(({ refused }) => !refused).every(({ confidence }) => confidence === 85));
        assert.equal(end.pass, "full");
        assert.equal(pages.length, 4, "three parts of two blocks, and the empty collection");
    });

    it("goes on in the middle of a result", async () => {
        const { pages } = await read();
        const { values, end } = await read({ resume: pages[0].resume });
        assert.deepEqual(accepted(values), expected(3, 4, 5));
        assert.equal(end.pass, "full");
    });

    it("reads an empty collection as one that has nothing", async () => {
        const { values, end } = await read({}, ["empty"]);
        assert.deepEqual(values, []);
        assert.equal(end.pass, "full");
    });

    it("asks for the news only, the next time", async () => {
        const { end } = await read({}, ["iocs"]);
        const { iocs } = end.memory!.collections as { iocs: string };
        // The reader asks from ten minutes before that on, since clocks differ; here all happens within those.
        const later = new Date(Date.parse(iocs) + 10 * 60_000 + 1).toISOString();
        await server.push("iocs", stix(6));
        const news = await read({ memory: { ...end.memory, collections: { iocs: later } } }, ["iocs"]);
        assert.equal(news.end.pass, "partial");
        assert.deepEqual(accepted(news.values), expected(6));
    });

    it("lists the collections there are for one that does not exist", async () => {
        await assert.rejects(read({}, ["missing"]), (error) => {
            assert.ok(error instanceof FeedError);
            assert.equal(error.kind, "configuration");
            assert.match(error.message, /"missing" does not exist; the server has: iocs, empty/);
            return true;
        });
    });

    it("says that the password is wrong, and does not repeat it", async () => {
        await assert.rejects(read({}, undefined, { ...READER, password: "wrong-one" }), (error) => {
            assert.ok(error instanceof FeedError);
            assert.equal(error.kind, "authentication", error.message);
            assert.doesNotMatch(error.message, /wrong-one/);
            return true;
        });
    });
});
