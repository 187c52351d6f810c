import assert from "node:assert/strict";
import { Enrichment } from "../enrichment/enrichment";
import { apigateway } from "./apigateway";
import { assertHolds } from "./fuzzing";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";

/** As the format of our own stages writes it; clients choose the last two. */
const REST = {
    requestId: "c12d1542-b79e-4e79-a158-fdf36452a81b",
    requestTime: "21/Nov/2026:14:31:01 +0100",
    requestTimeEpoch: "1795267861123",
    accountId: "333333333333",
    apiId: "abc123",
    stage: "prod",
    domainName: "api.example.com",
    ip: "203.0.113.9",
    httpMethod: "POST",
    protocol: "HTTP/1.1",
    status: "403",
    responseLength: "43",
    responseLatency: "12",
    integrationError: "-",
    callerPrincipal: "AROAEXAMPLE:session",
    callerUser: "-",
    authorizerPrincipal: "-",
    errorType: "ACCESS_DENIED",
    errorMessage: "User is not authorized",
    extendedRequestId: "Iq8dHhlwIAMEV_g=",
    traceId: "1-67891233-abcdef012345678912345678",
    path: "/prod/a.php",
    userAgent: "curl/8",
};

const CLF = '203.0.113.9 - AIDA [21/Nov/2026:13:31:01 +0000] "GET /pets/{id} HTTP/1.1" 200 12 r-1 x-1';

async function decoded(input: unknown, options?: OutcomeOptions): Promise<Json> {
    const line = typeof input === "string" ? input : JSON.stringify(input);
    const { documents, quarantined } = await documentsOf(apigateway(), line, options);
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    return documents[0];
}

describe("apigateway", () => {
    it("makes the ECS document of a record in our own format", async () => {
        const { event, ...document } = await decoded(REST);
        assert.deepEqual(
            { ...event, id: "" },
            {
                id: "",
                dataset: "aws.apigateway_logs",
                kind: "event",
                category: ["web"],
                type: ["access"],
                outcome: "failure",
                duration: 12_000_000,
            },
        );
        assert.deepEqual(document, {
            "@timestamp": "2026-11-21T13:31:01.123Z",
            ecs: { version: "8.11.0" },
            source: { address: "203.0.113.9", ip: "203.0.113.9" },
            network: { protocol: "http", type: "ipv4" },
            http: {
                request: { id: REST.requestId, method: "POST" },
                response: { status_code: 403, body: { bytes: 43 } },
                version: "1.1",
            },
            url: {
                original: "/prod/a.php",
                full: "https://api.example.com/prod/a.php",
                scheme: "https",
                domain: "api.example.com",
                path: "/prod/a.php",
                extension: "php",
            },
            user_agent: { original: "curl/8" },
            user: { id: "AROAEXAMPLE:session" },
            error: { message: "User is not authorized", type: "ACCESS_DENIED" },
            trace: { id: REST.traceId },
            cloud: {
                provider: "aws",
                service: { name: "apigateway" },
                account: { id: "333333333333" },
                region: "eu-west-1",
            },
            related: {
                ip: ["203.0.113.9"],
                hosts: ["api.example.com"],
                user: ["AROAEXAMPLE:session"],
            },
            aws: { apigateway: REST },
        });
    });

    const NAMED: readonly [string, unknown][] = [
        ["numbers", { requestId: "r-1", requestTimeEpoch: 1795267861000, ip: "203.0.113.9", status: 200 }],
        [
            "nested objects",
            {
                context: {
                    requestId: "r-1",
                    requestTimeEpoch: "1795267861000",
                    status: "200",
                    identity: { sourceIp: "203.0.113.9" },
                },
            },
        ],
        [
            "names of $context",
            {
                "$context.requestId": "r-1",
                "context.requestTime": "21/Nov/2026:13:31:01 +0000",
                "context.identity.sourceIp": "203.0.113.9",
                context_status: "200",
            },
        ],
        [
            "snake case",
            {
                request_id: "r-1",
                timestamp: "2026-11-21T13:31:01Z",
                source_ip: "203.0.113.9",
                status_code: "200",
            },
        ],
    ];
    for (const [name, record] of NAMED) {
        it(`reads other formats: ${name}`, async () => {
            const document = await decoded(record);
            assert.equal(document["@timestamp"], "2026-11-21T13:31:01.000Z");
            assert.equal(document.source.ip, "203.0.113.9");
            assert.equal(document.http.response.status_code, 200);
            assert.equal(document.http.request.id, "r-1");
            assert.deepEqual(document.aws.apigateway, record);
        });
    }

    it("reads a WebSocket API's record, and one of a test from the console", async () => {
        const socket = {
            requestId: "r-1",
            ip: "test-invoke-source-ip",
            requestTime: "21/Nov/2026:13:31:01 +0000",
            eventType: "CONNECT",
            routeKey: "$connect",
            status: "500",
            connectionId: "c-1",
            domainName: "abc123.execute-api.eu-west-1.amazonaws.com",
        };
        const { event, source, network, url, http } = await decoded(socket);
        assert.equal(event.action, "CONNECT");
        assert.deepEqual(source, { address: "test-invoke-source-ip" });
        assert.deepEqual(network, { protocol: "http" });
        assert.equal(url.scheme, "wss");
        assert.equal(http.response.status_code, 500);
    });

    it("takes unquoted dashes for missing values", async () => {
        const line =
            '{"requestId":"r-1","requestTimeEpoch":1795267861000,"identity":{"sourceIp":"203.0.113.9"},"status": -,"length":-}';
        const { source, http, aws, event } = await decoded(line);
        assert.equal(source.ip, "203.0.113.9");
        assert.equal(http.response, undefined);
        assert.equal(aws.apigateway["identity.sourceIp"], "203.0.113.9");
        assert.equal(event.original, line);
    });

    /** The line as API Gateway makes it: values stand between the quotes as they are. */
    function templated(record: Readonly<Record<string, string>>): string {
        return `{${Object.entries(record)
            .map(([name, value]) => `"${name}":"${value}"`)
            .join(",")}}`;
    }

    const PAYLOADS = [
        '() { :; }; echo "vulnerable"',
        'x"}',
        '"',
        "C:\\temp\\x",
        "\\",
        'x","ip":"192.0.2.1',
        'x","ip":"192.0.2.1","requestId":"other","requestTimeEpoch":"1',
        'x", "status" : "200" }',
        '{"a":{"b":["c"]}}',
        "ä€😀\t",
    ];
    for (const payload of PAYLOADS) {
        it(`is not misled by a user agent and a path ${JSON.stringify(payload)}`, async () => {
            const plain = await decoded(REST);
            for (const [name, read] of [
                ["userAgent", ({ user_agent }: Json) => user_agent.original],
                ["path", ({ url }: Json) => url.original],
            ] as const) {
                const line = templated({ ...REST, [name]: payload });
                const document = await decoded(line);
                assert.deepEqual(document.source, plain.source);
                assert.deepEqual(document.http, plain.http);
                assert.equal(document["@timestamp"], plain["@timestamp"]);
                assert.equal(document.event.original, line);
                // What looks like members of the record is cut off; the line above still has it.
                const expected =
                    payload.split('"').length > 3 && payload.startsWith("x") ? "x" : payload.trim();
                assert.equal(read(document).trim(), expected);
                assert.equal(document.aws.apigateway.ip, "203.0.113.9");
            }
        });
    }

    it("reads the Common Log Format", async () => {
        const document = await decoded(CLF);
        assert.deepEqual(document.aws.apigateway, {
            ip_address: "203.0.113.9",
            user: "AIDA",
            request_time: "21/Nov/2026:13:31:01 +0000",
            http_method: "GET",
            resource_path: "/pets/{id}",
            protocol: "HTTP/1.1",
            status: "200",
            response_length: "12",
            request_id: "r-1",
            extended_request_id: "x-1",
        });
        assert.equal(document["@timestamp"], "2026-11-21T13:31:01.000Z");
        assert.equal(document.source.ip, "203.0.113.9");
        assert.deepEqual(document.http, {
            request: { id: "r-1", method: "GET" },
            response: { status_code: 200, body: { bytes: 12 } },
            version: "1.1",
        });
        assert.deepEqual(document.user, { id: "AIDA" });
        assert.equal(document.event.original, undefined);
        const kept = await decoded(CLF, { enrichment: new Enrichment({ keepOriginal: true }) });
        assert.equal(kept.event.original, CLF);
    });

    it("reads the Common Log Format of HTTP and WebSocket APIs", async () => {
        const route = await decoded(CLF.replace('] "GET /pets/{id}', ']"GET GET /pe"ts'));
        assert.equal(route.aws.apigateway.route_key, 'GET /pe"ts');
        assert.equal(route.http.request.method, "GET");
        const socket = await decoded('::1 - - [21/Nov/2026:13:31:01 +0000] "CONNECT $connect c-1=" 500 r-1');
        assert.deepEqual(
            [
                socket.aws.apigateway.event_type,
                socket.aws.apigateway.route_key,
                socket.aws.apigateway.connection_id,
            ],
            ["CONNECT", "$connect", "c-1="],
        );
        assert.equal(socket.http.request.id, "r-1");
        assert.equal(socket.http.response.status_code, 500);
        assert.equal(socket.network.type, "ipv6");
    });

    it("takes the time of the delivery where the format has none", async () => {
        const timeless = { requestId: "r-1", ip: "203.0.113.9" };
        const { quarantined } = await documentsOf(apigateway(), JSON.stringify(timeless));
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["no requestTime"],
        );
        const document = await decoded(timeless, { context: { ...CONTEXT, time: 1795267861000 } });
        assert.equal(document["@timestamp"], "2026-11-21T13:31:01.000Z");
    });

    it("quarantines what is no access log", async () => {
        const { quarantined } = await documentsOf(
            apigateway(),
            [
                "<request id='r-1'/>",
                '{"requestId"',
                '{"ip":"192.0.2.1","requestTimeEpoch":"1"}',
                "{}",
                "[]",
            ].join("\n"),
        );
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            [
                "neither JSON nor Common Log Format",
                "not JSON, nor readable like it",
                "no requestId",
                "no requestId",
                "neither JSON nor Common Log Format",
            ],
        );
    });

    it("finds indicators in the client's address and in the URL", async () => {
        for (const [field, indicator] of [
            ["source.ip", { type: "ipv4", value: "203.0.113.9" }],
            ["url.domain", { type: "domain", value: "example.com" }],
            ["url.full", { type: "url", value: "http://api.example.com/prod/a.php" }],
        ] as const) {
            const { threat } = await decoded(REST, { enrichment: enrichmentOf(indicator) });
            assert.equal(threat.matched, true);
            assert.equal(threat.enrichments[0].matched.field, field);
        }
    });

    it("comes to an end of long lines of nothing but quotes and blanks", async () => {
        for (const filler of ['"', '" ', " ", "} ", '","a":"', ":-", "{"]) {
            const text = filler.repeat(300_000 / filler.length);
            const lines = [`{"requestId":"r-1","requestTimeEpoch":"1","userAgent":"${text}`, `${CLF}${text}`];
            const { report } = await documentsOf(apigateway(), lines.join("\n"));
            assert.equal(report.in, 2);
        }
    });

    it("holds whatever happens to a line, and wherever the stream is cut", () =>
        assertHolds(apigateway(), [JSON.stringify(REST), CLF, templated({ ...REST, userAgent: 'a"b\\c' })]));
});
