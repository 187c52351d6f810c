import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { NO_CONTROL, Rule } from "../rule";
import { analyze, UNKNOWN } from "../testing";
import { rules } from "./all";
import { noWildcardAction } from "./identity/noWildcardAction";

const files = ["compute", "data", "identity", "network"].flatMap((topic) =>
    readdirSync(join(__dirname, topic))
        .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
        .map((file) => join(__dirname, topic, file)),
);

async function ruleOf(file: string): Promise<Rule | undefined> {
    const exported: unknown[] = Object.values(await import(file));
    return rules.find((rule) => exported.includes(rule));
}

describe("the rules of the pack", () => {
    for (const rule of rules) {
        it(`${rule.name} says what it is about`, () => {
            assert.match(rule.name, /^[a-z0-9]+(-[a-z0-9]+)+$/);
            assert.match(rule.description, /^[A-Z].*\.$/);
            assert.match(rule.remediationSteps ?? "", /^[A-Z].*\.$/);
            assert.match(rule.url ?? "", /^https:\/\/docs\.aws\.amazon\.com\//);
            assert.ok(rule.severity);
            assert.equal(rule.enforcementLevel, "mandatory");
            assert.ok(rule.control === NO_CONTROL || /^[A-Z][A-Za-z0-9]*\.\d+$/.test(rule.control));
            assert.equal(rule.framework?.reference, rule.control === NO_CONTROL ? undefined : rule.control);
        });
    }

    it("have names of their own", () => {
        assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
    });

    it("are one a file, each with a test", async () => {
        const found: Rule[] = [];
        for (const file of files) {
            const rule = await ruleOf(file);
            if (rule) {
                found.push(rule);
                assert.ok(existsSync(file.replace(/\.ts$/, ".test.ts")), file);
            } else {
                assert.doesNotMatch(readFileSync(file, "utf8"), /(resource|stack)Rule[<(]/, file);
            }
        }
        assert.deepEqual(new Set(found), new Set(rules));
        assert.equal(found.length, rules.length);
    });

    for (const rule of rules) {
        it(`${rule.name} gives nothing but a verdict on properties that are not known yet`, async () => {
            const types = rule.types.length > 0 ? rule.types : STACK_TYPES;
            await analyze(
                rule,
                types.map((type) => ({ type, props: UNKNOWN_PROPS })),
            );
        });
    }
});

const STACK_TYPES = ["aws:s3/bucket:Bucket", "aws:lambda/function:Function"];

/** Every property that a rule starts from. */
const UNKNOWN_PROPS = Object.fromEntries(
    [
        ...["bucket", "cidrIpv4", "cidrIpv6", "cidrBlocks", "ingress", "mapPublicIpOnLaunch", "type"],
        ...["policy", "policyArn", "inlinePolicies", "managedPolicyArns", "enableKeyRotation"],
        ...["deadLetterConfig", "environment", "runtime", "packageType", "kmsKeyId", "kmsMasterKeyId"],
        ...["serverSideEncryption", "pointInTimeRecovery", "retentionInDays", "sqsManagedSseEnabled"],
        ...["encryptAtRest", "nodeToNodeEncryption", "domainEndpointOptions", "extendedS3Configuration"],
    ].map((property) => [property, UNKNOWN]),
);

describe("a violation, as the engine gets it", () => {
    const policy = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] });

    it("stops the deployment and names rule, severity and change", async () => {
        const type = "aws:iam/rolePolicy:RolePolicy";
        const [diagnostic, ...more] = await analyze(noWildcardAction, [{ type, props: { policy } }]);
        assert.deepEqual(more, []);
        assert.equal(diagnostic.level, proto.EnforcementLevel.MANDATORY);
        assert.equal(diagnostic.severity, proto.PolicySeverity.POLICY_SEVERITY_HIGH);
        assert.equal(
            diagnostic.message,
            `${noWildcardAction.description}\nreplace the action "s3:*" by the actions that are needed`,
        );
    });

    it("is advice in a preview that does not know the document yet", async () => {
        const type = "aws:iam/rolePolicy:RolePolicy";
        const [diagnostic] = await analyze(noWildcardAction, [{ type, props: { policy: UNKNOWN } }]);
        assert.equal(diagnostic.level, proto.EnforcementLevel.ADVISORY);
        assert.match(diagnostic.message, /can't be known during preview/);
    });
});
