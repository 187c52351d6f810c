import assert from "node:assert/strict";
import { ConfigError, parseConfig, SpokeConfig } from "./schema";
import { enabledSources, enrichmentOf } from "./sources";

const spoke = {
    role: "spoke",
    environment: "dev",
    account: "222222222222",
    region: "eu-west-1",
    organizationId: "o-local00001",
    hubStack: "organization/syntheticsun/hub-dev",
};

function parse(settings: object = {}): SpokeConfig {
    const config = parseConfig({ ...spoke, ...settings });
    assert.equal(config.role, "spoke");
    return config as SpokeConfig;
}

function problems(settings: object): readonly string[] {
    try {
        parse(settings);
    } catch (error) {
        assert.ok(error instanceof ConfigError);
        return error.problems;
    }
    return assert.fail("the configuration was accepted");
}

function on(settings: object = {}): string[] {
    return enabledSources(parse(settings).sources).map(([kind]) => kind);
}

describe("sources", () => {
    it("are WAF and flow logs unless disabled, others when they are named", () => {
        assert.deepEqual(on(), ["vpcflow", "waf"]);
        assert.deepEqual(on({ sources: { cloudtrail: {}, waf: { enabled: false } } }), [
            "cloudtrail",
            "vpcflow",
        ]);
        assert.deepEqual(on({ sources: { guardduty: { enabled: false } } }), ["vpcflow", "waf"]);
    });

    it("are named when there is no such kind or setting", () => {
        const found = problems({
            sources: { cloudtrial: {}, alb: { buckt: {} }, securityhub: { bucket: {} } },
        });
        for (const key of ["sources.cloudtrial", "sources.alb.buckt", "sources.securityhub.bucket"]) {
            assert.ok(found.some((problem) => problem.startsWith(`syntheticsun:${key} is not a setting`)));
        }
        assert.equal(found.length, 3);
    });

    it("come from a bucket that exists or from one that is made, never a mixture", () => {
        const bucket = { name: "central-logs", prefix: "alb/" };
        assert.deepEqual(parse({ sources: { alb: { bucket } } }).sources.alb?.bucket, bucket);
        assert.match(
            problems({ sources: { alb: { bucket: { prefix: "alb/" } } } })[0],
            /alb\.bucket\.prefix /,
        );
        const mixed = { ...bucket, organization: true };
        assert.match(problems({ sources: { alb: { bucket: mixed } } })[0], /alb\.bucket\.organization /);
        assert.match(
            problems({ sources: { s3access: { bucket: { organization: true } } } })[0],
            /s3access\.bucket\.organization is not a setting/,
        );
        assert.match(problems({ sources: { waf: { bucket: { name: "UPPER" } } } })[0], /waf\.bucket\.name /);
    });

    it("have a format only where the user chooses one", () => {
        assert.equal(
            parse({ sources: { vpcflow: { format: "srcaddr" } } }).sources.vpcflow.format,
            "srcaddr",
        );
        assert.match(problems({ sources: { alb: { format: "x" } } })[0], /sources\.alb\.format/);
        assert.match(problems({ vpcFlow: { format: "x" } })[0], /vpcFlow is not a setting/);
    });
});

describe("enrichment", () => {
    const of = (kind: "vpcflow" | "alb", own: object, stackWide: object = {}) =>
        enrichmentOf(kind, own, parse({ enrichment: stackWide }).enrichment);

    it("looks up what costs nothing outside, unless told otherwise", () => {
        assert.deepEqual(of("alb", {}), {
            indicators: true,
            geo: true,
            reverseDns: false,
            networkInterfaces: false,
            ipApi: false,
            originalEvent: false,
        });
        assert.equal(of("vpcflow", {}).networkInterfaces, true);
    });

    it("is the kind's own setting before the stack's", () => {
        assert.equal(of("alb", {}, { geo: false }).geo, false);
        assert.equal(of("alb", { geo: true }, { geo: false }).geo, true);
        assert.equal(of("alb", { networkInterfaces: true }).networkInterfaces, true);
        assert.equal(of("vpcflow", {}, { networkInterfaces: false }).networkInterfaces, false);
    });

    it("asks ip-api.com or its like only at an address that is given", () => {
        const ipApi = { baseUrl: "https://pro.ip-api.com" };
        assert.deepEqual(of("alb", {}, { ipApi }).ipApi, ipApi);
        assert.match(problems({ enrichment: { ipApi: true } })[0], /enrichment\.ipApi must be false or/);
        assert.match(problems({ enrichment: { ipApi: { baseUrl: "file:///x" } } })[0], /enrichment\.ipApi/);
    });
});
