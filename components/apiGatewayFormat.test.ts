import assert from "node:assert/strict";
import { accessLogFields, accessLogFormat, accessLogSettings } from "./apiGatewayFormat";

/** A line as API Gateway writes it: each variable replaced by its value, `-` where there is none. */
function line(type: "http" | "rest", values: Readonly<Record<string, string>>): string {
    return accessLogFormat(type).replace(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? "-");
}

describe("accessLogFormat", () => {
    for (const type of ["http", "rest"] as const) {
        it(`is one flat JSON object on one line, for a stage of type ${type}`, () => {
            const format = accessLogFormat(type);
            assert.doesNotMatch(format, /\n/);
            // API Gateway's limit of an access log template.
            assert.ok(format.length <= 3072);
            const record = JSON.parse(line(type, { requestId: "r1", "identity.sourceIp": "192.0.2.1" }));
            assert.deepEqual(Object.keys(record), Object.keys(accessLogFields(type)));
            assert.deepEqual([record.requestId, record.ip, record.status], ["r1", "192.0.2.1", "-"]);
        });

        it(`names the request, which API Gateway insists on, for a stage of type ${type}`, () => {
            assert.match(accessLogFormat(type), /\$context\.requestId"/);
        });

        it(`has what clients choose after everything else, for a stage of type ${type}`, () => {
            const broken = line(type, { status: "403", "identity.userAgent": 'a"b' });
            assert.throws(() => JSON.parse(broken));
            const head = broken.slice(0, broken.indexOf(',"path"'));
            assert.equal(JSON.parse(`${head}}`).status, "403");
        });
    }

    it("asks each type only for variables it has", () => {
        const rest = accessLogFields("rest");
        const http = accessLogFields("http");
        assert.ok(http.routeKey && !rest.routeKey);
        assert.ok(rest.resourcePath && !http.resourcePath);
        assert.ok(rest.webAclArn && !http.webAclArn);
    });
});

describe("accessLogSettings", () => {
    it("is what a stage takes", () => {
        const arn = "arn:aws:logs:eu-west-1:222222222222:log-group:api";
        assert.deepEqual(accessLogSettings(arn, "http"), {
            destinationArn: arn,
            format: accessLogFormat("http"),
        });
    });
});
