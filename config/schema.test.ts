import assert from "node:assert/strict";
import { ConfigError, parseConfig } from "./schema";

const hub = {
    role: "hub",
    environment: "dev",
    account: "111111111111",
    region: "us-east-1",
    organizationId: "o-local00001",
    feeds: { misp: { protocol: "misp", url: "https://misp.example" } },
};

const mispAt = (url: string) => ({ feeds: { misp: { protocol: "misp", url } } });

function problems(raw: Record<string, unknown>): readonly string[] {
    try {
        parseConfig(raw);
    } catch (error) {
        assert.ok(error instanceof ConfigError);
        return error.problems;
    }
    return assert.fail("the configuration was accepted");
}

describe("parseConfig", () => {
    it("fills safe defaults", () => {
        const config = parseConfig(hub);
        assert.equal(config.role, "hub");
        assert.equal(config.logRetentionDays, 365);
        assert.equal(config.local, false);
        assert.ok(config.role === "hub");
        const { misp } = config.feeds;
        assert.deepEqual(misp.protocol === "misp" && misp.tags, ["DDB_IP_FEED", "DDB_URL_FEED"]);
        assert.deepEqual([misp.confidence, misp.ttlDays, misp.enabled], [80, 8, true]);
        assert.deepEqual(config.guard, { share: 0.5, minimum: 10 });
        assert.deepEqual(config.widest, { ipv4: 8, ipv6: 19 });
    });

    it("names an unknown role", () => {
        assert.deepEqual(problems({ ...hub, role: "spok" }), [
            'syntheticsun:role is "spok": it must be "hub" or "spoke"',
        ]);
    });

    it("reports every problem at once, each with its key", () => {
        const { region: _region, ...rest } = hub;
        const found = problems({ ...rest, account: "1234", mips: {}, ...mispAt("http://misp.example") });
        assert.equal(found.length, 4, found.join("\n"));
        for (const key of ["account", "region", "mips", "feeds.misp.url"]) {
            assert.ok(
                found.some((problem) => problem.startsWith(`syntheticsun:${key} `)),
                `${key} is not named in ${found.join("; ")}`,
            );
        }
        assert.ok(found.some((problem) => problem.includes("region is missing")));
    });

    it("takes plain http to this machine only", () => {
        assert.equal(parseConfig({ ...hub, ...mispAt("http://127.0.0.1:8080") }).role, "hub");
        assert.match(
            problems({ ...hub, ...mispAt("http://localhost.evil.example/") })[0],
            /feeds\.misp\.url/,
        );
    });

    it("takes files of geographic databases by the names it knows", () => {
        const geo = { city: "geo/city.mmdb", asnIpv6: "geo/asn6.mmdb" };
        const config = parseConfig({ ...hub, geo });
        assert.deepEqual(config.role === "hub" && config.geo, geo);
        assert.match(problems({ ...hub, geo: { country: "x" } })[0], /syntheticsun:geo\.country is not/);
    });

    it("takes a topic for alarms by its ARN", () => {
        assert.equal(parseConfig(hub).alarmTopicArn, undefined);
        assert.match(problems({ ...hub, alarmTopicArn: "alarms" })[0], /alarmTopicArn must be an ARN/);
    });

    it("holds a web ACL's limit of 50 referenced sets", () => {
        const spoke = {
            role: "spoke",
            environment: "dev",
            account: "222222222222",
            region: "eu-west-1",
            organizationId: "o-local00001",
            hubStack: "organization/syntheticsun/hub-dev",
            waf: { ipv4Sets: 40, ipv6Sets: 20 },
        };
        assert.match(problems(spoke)[0], /syntheticsun:waf .*50/);
    });
});
