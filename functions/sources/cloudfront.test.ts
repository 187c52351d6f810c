import assert from "node:assert/strict";
import { Enrichment } from "../enrichment/enrichment";
import { Indicator } from "../indicators/indicator";
import { cloudfront } from "./cloudfront";
import { assertHolds } from "./fuzzing";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

/** Values by column, in the order of a standard log. */
const VALUES = {
    date: "2026-11-24",
    time: "13:31:07",
    "x-edge-location": "FRA56-P3",
    "sc-bytes": "392",
    "c-ip": "203.0.113.9",
    "cs-method": "POST",
    "cs(Host)": "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": "/shop/cart.php",
    "sc-status": "403",
    "cs(Referer)": "https://www.example.com/start?q=%2525",
    "cs(User-Agent)": "Mozilla/5.0%20(X11;%20M%C3%B6zilla)%20%22quoted%22",
    "cs-uri-query": "id=1%27%20OR%201",
    "cs(Cookie)": "session=1;%20b=2",
    "x-edge-result-type": "Error",
    "x-edge-request-id": "SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==",
    "x-host-header": "shop.example.co.uk",
    "cs-protocol": "https",
    "cs-bytes": "23",
    "time-taken": "0.107",
    "x-forwarded-for": "198.51.100.4,%20[2001:db8::7]:443,%20unknown",
    "ssl-protocol": "TLSv1.3",
    "ssl-cipher": "TLS_AES_128_GCM_SHA256",
    "x-edge-response-result-type": "Error",
    "cs-protocol-version": "HTTP/2.0",
    "fle-status": "Processed",
    "fle-encrypted-fields": "4",
    "c-port": "11040",
    "time-to-first-byte": "0.001",
    "x-edge-detailed-result-type": "AccessDenied",
    "sc-content-type": "text/html;%20charset=utf-8",
    "sc-content-len": "78",
    "sc-range-start": "0",
    "sc-range-end": "77",
};

type Values = Readonly<Record<string, string>>;

function line(changes: Values = {}, count = 33): string {
    return Object.values({ ...VALUES, ...changes })
        .slice(0, count)
        .join("\t");
}

function headed(values: Values, separator = " "): string {
    return `#Version: 1.0\n#Fields:${separator}${Object.keys(values).join(separator)}\n${Object.values(values).join("\t")}\n`;
}

async function decoded(input: string, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await documentsOf(cloudfront(), input, options);
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    return documents[0];
}

const ORIGIN = "AWSLogs/333333333333/CloudFront/EDFDVBD6EXAMPLE.2026-11-24-13.0123456789abcdef.gz";

describe("cloudfront", () => {
    it("makes the ECS document of a request", async () => {
        const options = {
            enrichment: new Enrichment({ keepOriginal: true }),
            context: { ...CONTEXT, origin: ORIGIN },
        };
        assert.deepEqual(await decoded(line(), options), {
            "@timestamp": "2026-11-24T13:31:07.000Z",
            event: {
                id: VALUES["x-edge-request-id"],
                dataset: "aws.cloudfront_logs",
                kind: "event",
                category: ["web"],
                type: ["access"],
                outcome: "failure",
                duration: 107_000_000,
                original: line(),
            },
            ecs: { version: "8.11.0" },
            source: { address: "203.0.113.9", ip: "203.0.113.9", port: 11040 },
            destination: { address: "shop.example.co.uk", domain: "shop.example.co.uk" },
            network: { protocol: "https", type: "ipv4", forwarded_ip: ["198.51.100.4", "2001:db8::7"] },
            http: {
                request: {
                    id: VALUES["x-edge-request-id"],
                    method: "POST",
                    referrer: "https://www.example.com/start?q=%2525",
                    bytes: 23,
                },
                response: {
                    status_code: 403,
                    bytes: 392,
                    body: { bytes: 78 },
                    mime_type: "text/html; charset=utf-8",
                },
                version: "2.0",
            },
            url: {
                full: "https://shop.example.co.uk/shop/cart.php?id=1%27%20OR%201",
                scheme: "https",
                domain: "shop.example.co.uk",
                path: "/shop/cart.php",
                query: "id=1%27%20OR%201",
                extension: "php",
                registered_domain: "example.co.uk",
                subdomain: "shop",
                top_level_domain: "co.uk",
            },
            user_agent: { original: 'Mozilla/5.0 (X11; Mözilla) "quoted"' },
            tls: { cipher: "TLS_AES_128_GCM_SHA256", version: "1.3", version_protocol: "tls" },
            cloud: { provider: "aws", account: { id: "333333333333" } },
            aws: {
                cloudfront: {
                    edge_location: "FRA56-P3",
                    domain: "d111111abcdef8.cloudfront.net",
                    cookies: "session=1;%20b=2",
                    edge_result_type: "Error",
                    edge_response_result_type: "Error",
                    fle_status: "Processed",
                    fle_encrypted_fields: "4",
                    time_to_first_byte: 0.001,
                    edge_detailed_result_type: "AccessDenied",
                    range_start: 0,
                    range_end: 77,
                },
            },
            related: {
                ip: ["203.0.113.9", "198.51.100.4", "2001:db8::7"],
                hosts: ["shop.example.co.uk", "d111111abcdef8.cloudfront.net"],
            },
        });
    });

    it("makes the same of JSON and of a line with blanks", async () => {
        const expected = await decoded(line());
        assert.deepEqual(await decoded(JSON.stringify(VALUES)), expected);
        assert.deepEqual(await decoded(line().replaceAll("\t", " ")), expected);
        assert.deepEqual(await decoded(headed(VALUES)), expected);
    });

    it("takes numbers of JSON for what they are, and leaves out what is no value", async () => {
        const text = JSON.stringify({ ...VALUES, "sc-status": 404, "sc-bytes": null, "c-port": { a: 1 } });
        const { http, source } = await decoded(text);
        assert.equal(http.response.status_code, 404);
        assert.equal(http.response.bytes, undefined);
        assert.equal(source.port, undefined);
    });

    it("reads columns in the order that the file names, and anew for each header", async () => {
        const first = headed({ "c-ip": "203.0.113.9", time: "13:31:07", date: "2026-11-24" }, "\t");
        const second = headed({ date: "2026-11-25", time: "00:00:00", "sc-status": "200" });
        const { documents, quarantined, report } = await documentsOf(cloudfront(), first + second);
        assert.deepEqual(quarantined, []);
        assert.equal(report.in, 2);
        assert.deepEqual(
            documents.map((document) => [
                document["@timestamp"],
                document.source?.ip,
                document.event.outcome,
            ]),
            [
                ["2026-11-24T13:31:07.000Z", "203.0.113.9", undefined],
                ["2026-11-25T00:00:00.000Z", undefined, "success"],
            ],
        );
    });

    it("keeps columns that it does not know, once each", async () => {
        const others = {
            "timestamp(ms)": "1795527067123",
            asn: "64496",
            "c-country": "DE",
            DistributionId: "EDFDVBD6EXAMPLE",
            "cs(Accept)": "*/*",
            domain: "not the distribution's",
            "C-COUNTRY": "AT",
            "()": "?",
            "origin-fbl": "-",
        };
        const values = { ...others, "cs(Host)": "d1.cloudfront.net" };
        for (const text of [headed(values), JSON.stringify(values)]) {
            const document = await decoded(text);
            assert.equal(document["@timestamp"], new Date(1795527067123).toISOString());
            assert.deepEqual(document.aws.cloudfront, {
                asn: "64496",
                c_country: "DE",
                distribution_id: "EDFDVBD6EXAMPLE",
                cs_accept: "*/*",
                domain: "d1.cloudfront.net",
            });
        }
    });

    it("reads the first logs' 12 columns, and more than 33", async () => {
        const { aws, url } = await decoded(line({}, 12));
        assert.equal(url.query, VALUES["cs-uri-query"]);
        assert.equal(aws.cloudfront.edge_location, "FRA56-P3");
        assert.deepEqual((await decoded(`${line()}\tnew`)).aws, (await decoded(line())).aws);
        assert.equal(
            (await decoded(`#Fields: ${Object.keys(VALUES).join(" ")}\n${line({}, 32)}`)).url.path,
            "/shop/cart.php",
        );
    });

    it("tells success from failure by the status, of which 000 is none", async () => {
        const outcomeOf = async (status: string) =>
            (await decoded(line({ "sc-status": status }))).event.outcome;
        assert.equal(await outcomeOf("200"), "success");
        assert.equal(await outcomeOf("304"), "success");
        assert.equal(await outcomeOf("400"), "failure");
        assert.equal(await outcomeOf("000"), "failure");
        assert.equal(await outcomeOf("-"), undefined);
    });

    for (const [logged, agent] of [
        ["curl/8.5.0", "curl/8.5.0"],
        ["Mozilla/5.0%2520(X11)", "Mozilla/5.0 (X11)"],
        ["100%25%20sure%2520", "100% sure%20"],
        ["a%FFb%20c", "a%FFb c"],
        ["%7B%22%5C%0A%7D", '{"\\\n}'],
        ["()%20%7B%20:;%20%7D;%20/bin/id", "() { :; }; /bin/id"],
        ["%", "%"],
    ]) {
        it(`decodes ${logged}`, async () => {
            const { user_agent } = await decoded(line({ "cs(User-Agent)": logged }));
            assert.equal(user_agent.original, agent);
        });
    }

    it("knows IPv6, ports and WebSockets", async () => {
        const { network, source, destination, url } = await decoded(
            line({ "c-ip": "2001:db8::9", "x-host-header": "Shop.example.com:8443", "cs-protocol": "wss" }),
        );
        assert.equal(network.type, "ipv6");
        assert.equal(source.ip, "2001:db8::9");
        assert.deepEqual(destination, {
            address: "Shop.example.com:8443",
            domain: "shop.example.com",
            port: 8443,
        });
        assert.equal(url.scheme, "wss");
        assert.equal(url.port, 8443);
    });

    it("makes a URL of the path alone where the host is not logged", async () => {
        const none = { "cs(Host)": "-", "x-host-header": "-" };
        const { url, destination } = await decoded(line({ ...none, "cs-uri-query": "-" }));
        assert.deepEqual(url, { original: "/shop/cart.php", path: "/shop/cart.php", extension: "php" });
        assert.equal(destination, undefined);
    });

    it("matches addresses, hosts, URLs and referrers", async () => {
        const matchOf = async (indicator: Pick<Indicator, "type" | "value">, changes: Values = {}) => {
            const { threat } = await decoded(line(changes), { enrichment: enrichmentOf(indicator) });
            return threat.enrichments?.map(({ matched }: Json) => matched.field);
        };
        assert.deepEqual(await matchOf({ type: "ipv4", value: "203.0.113.9" }), ["source.ip"]);
        assert.deepEqual(await matchOf({ type: "ipv4", value: "198.51.100.4" }), ["network.forwarded_ip"]);
        assert.deepEqual(await matchOf({ type: "ipv6", value: "2001:db8::7" }), ["network.forwarded_ip"]);
        assert.deepEqual(await matchOf({ type: "domain", value: "example.co.uk" }), ["destination.domain"]);
        assert.deepEqual(await matchOf({ type: "domain", value: VALUES["cs(Host)"] }), [
            "aws.cloudfront.domain",
        ]);
        assert.deepEqual(await matchOf({ type: "domain", value: "www.example.com" }), [
            "http.request.referrer",
        ]);
        const url = "https://shop.example.co.uk/shop/cart.php";
        assert.deepEqual(await matchOf({ type: "url", value: url }), ["url.full"]);
        assert.deepEqual(await matchOf({ type: "url", value: url }, { "cs-protocol": "wss" }), ["url.full"]);
        assert.deepEqual(
            await matchOf(
                { type: "url", value: "https://shop.example.co.uk/a%20b" },
                { "cs-uri-stem": "/a%2520b", "cs-uri-query": "-" },
            ),
            ["url.full"],
        );
        assert.deepEqual(await matchOf({ type: "url", value: "https://www.example.com/start?q=%25" }), [
            "http.request.referrer",
        ]);
        assert.equal(await matchOf({ type: "domain", value: "other.example" }), undefined);
    });

    for (const [why, text] of [
        ["cut off", line({}, 9)],
        ["of a time that is none", line({ date: "2026-02-31" })],
        ["without a time", line({ time: "-" })],
        ["of something else", "this is not a record"],
        ["of broken JSON", JSON.stringify(VALUES).slice(0, 200)],
        ["of JSON without a time", '{"c-ip":"203.0.113.9"}'],
    ] as const) {
        it(`puts a line ${why} into quarantine`, async () => {
            const { documents, quarantined } = await documentsOf(
                cloudfront(),
                `#Version: 1.0\n${line()}\n${text}\n${line()}\n`,
            );
            assert.equal(documents.length, 2);
            assert.deepEqual(
                quarantined.map(({ record, raw }) => [record, raw]),
                [[2, text]],
            );
        });
    }

    it("puts a line that ends before the request's id into quarantine where the file has one", async () => {
        const text = `#Fields: ${Object.keys(VALUES).join(" ")}\n${line({}, 14)}\n`;
        const { quarantined } = await documentsOf(cloudfront(), text);
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["only 14 fields"],
        );
    });

    it("loses no neighbour to a broken line, wherever the stream is cut", async () => {
        await assertHolds(cloudfront(), [
            line(),
            line({}, 12),
            JSON.stringify(VALUES),
            JSON.stringify({ "timestamp(ms)": "1795527067123", "c-ip": "203.0.113.9", new: "a\tb" }),
        ]);
    });
});
