import assert from "node:assert/strict";
import * as server from "@pulumi/policy/server";
import * as proxy from "@pulumi/policy/proxy";
// eslint-disable-next-line no-restricted-imports -- only tests import this file
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { Rule } from "./rule";

/** What a property holds in a preview until its value is known. Marked internal, hence without a type. */
export const UNKNOWN = (proxy as unknown as { unknownStringValue: string }).unknownStringValue;

export interface Fixture {
    readonly type: string;
    readonly props: object;
    /** @default subject */
    readonly name?: string;
    /** Names of fixtures that a property refers to. */
    readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Diagnostic {
    readonly message: string;
    readonly urn: string;
    readonly level: proto.EnforcementLevel;
    readonly severity: proto.PolicySeverity;
}

type Analyze<Request> = (
    call: { request: Request },
    callback: (error: Error | undefined, response: proto.AnalyzeResponse) => void,
) => void;

type MakeAnalyze<Request> = (pack: string, version: string, level: string, rules: Rule[]) => Analyze<Request>;

/** The SDK's own analyzer: marked internal, hence without types. */
const analyzer = server as unknown as {
    makeAnalyzeRpcFun: MakeAnalyze<proto.AnalyzeRequest>;
    makeAnalyzeStackRpcFun: MakeAnalyze<proto.AnalyzeStackRequest>;
};

/** What the engine is told about these resources: a resource rule sees each alone, a stack rule all at once. */
export async function analyze(rule: Rule, fixtures: readonly Fixture[]): Promise<Diagnostic[]> {
    if ("validateStack" in rule) {
        const request = new proto.AnalyzeStackRequest();
        request.setResourcesList(fixtures.map((fixture) => analyzerResource(fixture, fixtures)));
        return run(analyzer.makeAnalyzeStackRpcFun, rule, request);
    }
    const found = fixtures.map((fixture) => run(analyzer.makeAnalyzeRpcFun, rule, analyzeRequest(fixture)));
    return (await Promise.all(found)).flat();
}

/** The messages of {@link analyze}, without the rule's description that the SDK puts before them. */
export async function violations(rule: Rule, ...fixtures: Fixture[]): Promise<string[]> {
    const diagnostics = await analyze(rule, fixtures);
    return diagnostics.map(({ message }) => message.replace(`${rule.description}\n`, ""));
}

export interface FixtureSets {
    readonly pass: Readonly<Record<string, Fixture | readonly Fixture[]>>;
    /** Each with words that its one violation must hold. */
    readonly fail: Readonly<Record<string, readonly [Fixture | readonly Fixture[], RegExp]>>;
}

/** Declares a test for each fixture. */
export function testRule(rule: Rule, { pass, fail }: FixtureSets): void {
    describe(rule.name, () => {
        for (const [title, fixtures] of Object.entries(pass)) {
            it(`accepts ${title}`, async () => {
                assert.deepEqual(await violations(rule, ...[fixtures].flat()), []);
            });
        }
        for (const [title, [fixtures, expected]] of Object.entries(fail)) {
            it(`rejects ${title}`, async () => {
                const messages = await violations(rule, ...[fixtures].flat());
                assert.equal(messages.length, 1, messages.join("\n"));
                assert.match(messages[0], expected);
                assert.doesNotMatch(messages[0], /during preview/);
            });
        }
    });
}

function run<Request>(make: MakeAnalyze<Request>, rule: Rule, request: Request): Promise<Diagnostic[]> {
    return new Promise((resolve, reject) => {
        make("test", "0.0.0", "mandatory", [rule])({ request }, (error, response) =>
            error ? reject(error) : resolve(response.getDiagnosticsList().map(diagnostic)),
        );
    });
}

function diagnostic(from: proto.AnalyzeDiagnostic): Diagnostic {
    return {
        message: from.getMessage(),
        urn: from.getUrn(),
        level: from.getEnforcementlevel(),
        severity: from.getSeverity(),
    };
}

function urn({ type, name }: Fixture): string {
    return `urn:pulumi:test::syntheticsun::${type}::${name ?? "subject"}`;
}

function analyzeRequest(fixture: Fixture): proto.AnalyzeRequest {
    const request = new proto.AnalyzeRequest();
    request.setType(fixture.type);
    request.setUrn(urn(fixture));
    request.setName(fixture.name ?? "subject");
    request.setProperties(struct(fixture.props));
    request.setOptions(new proto.AnalyzerResourceOptions());
    return request;
}

function analyzerResource(fixture: Fixture, all: readonly Fixture[]): proto.AnalyzerResource {
    const resource = new proto.AnalyzerResource();
    resource.setType(fixture.type);
    resource.setUrn(urn(fixture));
    resource.setName(fixture.name ?? "subject");
    resource.setProperties(struct(fixture.props));
    resource.setOptions(new proto.AnalyzerResourceOptions());
    for (const [property, names] of Object.entries(fixture.dependencies ?? {})) {
        const dependencies = new proto.AnalyzerPropertyDependencies();
        dependencies.setUrnsList(all.filter(({ name }) => name && names.includes(name)).map(urn));
        resource.getPropertydependenciesMap().set(property, dependencies);
    }
    return resource;
}

/** Without the properties that are undefined, as the engine sends them. */
function struct(props: object): Struct {
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(props)));
}
