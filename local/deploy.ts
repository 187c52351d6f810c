import {
    EngineEvent,
    LocalWorkspace,
    LocalWorkspaceOptions,
    OutputMap,
    PulumiCommand,
    Stack,
} from "@pulumi/pulumi/automation";
import type { AwsCredentialIdentity } from "@smithy/types";
import * as fs from "node:fs";
import * as path from "node:path";
import { program as deployedProgram } from "../stacks/program";
import { LOCAL_DIR, REPO_DIR } from "./paths";
import { startProviders } from "./provider/start";
import { analyzerPath, PulumiTool } from "./tools/pulumi";

export type Program = () => Promise<Record<string, unknown> | void>;

/** Where the engine runs and what it deploys to. */
export interface DeployTarget {
    readonly awsEndpoint: string;
    readonly deployer: AwsCredentialIdentity;
    readonly pulumi: PulumiTool;
}

/** One stack: its name and its settings (`syntheticsun:` keys). */
export interface StackSpec {
    readonly name: string;
    readonly settings: Readonly<Record<string, unknown>>;
    /** @default the project's own program */
    readonly program?: Program;
}

/** What an operation of the engine did. */
export interface DeployResult {
    /** Steps by kind: create, update, same, delete … */
    readonly changes: Readonly<Record<string, number>>;
    readonly outputs: Readonly<Record<string, unknown>>;
}

/** The policy pack or the engine refused. */
export class DeployError extends Error {
    constructor(
        message: string,
        /** One line a violation of the policy pack. */
        readonly violations: readonly string[],
        /** The engine's own output. */
        readonly output: string,
    ) {
        super(message);
        this.name = "DeployError";
    }
}

export const PROJECT = "syntheticsun";
const POLICY_PACK = path.join(REPO_DIR, "policy");

/** Previews a stack with the policy pack. @throws DeployError when the pack or the engine refuses */
export function preview(target: DeployTarget, spec: StackSpec): Promise<DeployResult> {
    return operate(target, spec, async (stack, options) => {
        const result = await stack.preview(options);
        return { changes: { ...result.changeSummary }, outputs: {} };
    });
}

/** Deploys a stack with the policy pack. @throws DeployError when the pack or the engine refuses */
export function up(target: DeployTarget, spec: StackSpec, progress?: Progress): Promise<DeployResult> {
    return operate(
        target,
        spec,
        async (stack, options) => {
            const result = await stack.up(options);
            return {
                changes: { ...result.summary.resourceChanges },
                outputs: plainOutputs(result.outputs),
            };
        },
        progress,
    );
}

/** Removes all of a stack's resources. */
export function destroy(target: DeployTarget, spec: StackSpec): Promise<DeployResult> {
    return operate(target, spec, async (stack, options) => {
        const result = await stack.destroy({ onEvent: options.onEvent, onOutput: options.onOutput });
        return { changes: { ...result.summary.resourceChanges }, outputs: {} };
    });
}

/** Outputs of a stack of the local cloud; undefined when it is not deployed. */
export async function outputsOf(
    pulumi: PulumiTool,
    stackName: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
    const options = { ...(await workspace(pulumi, stackName)), envVars: ENVIRONMENT };
    const local = await LocalWorkspace.create(options);
    const known = await local.listStacks();
    if (!known.some(({ name }) => name.split("/").at(-1) === stackName)) {
        return undefined;
    }
    return plainOutputs(await (await Stack.select(stackName, local)).outputs());
}

/** Told the number of resources that are done. */
export type Progress = (done: number) => void;

interface OperationOptions {
    readonly policyPacks: string[];
    readonly onEvent: (event: EngineEvent) => void;
    readonly onOutput: (text: string) => void;
}

async function operate(
    target: DeployTarget,
    spec: StackSpec,
    run: (stack: Stack, options: OperationOptions) => Promise<DeployResult>,
    progress?: Progress,
): Promise<DeployResult> {
    const { accessKeyId, secretAccessKey } = target.deployer;
    // A provider process serves one stack: the engine tells it one account and one region.
    const providers = await startProviders(
        {
            AWS_ENDPOINT_URL: target.awsEndpoint,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
        },
        { awsx: true },
    );
    const output: string[] = [];
    const violations: string[] = [];
    let done = 0;
    try {
        const stack = await selectStack(target, spec, providers.debugProviders);
        return await run(stack, {
            policyPacks: [POLICY_PACK],
            onOutput: (text) => output.push(text),
            onEvent: (event) => {
                const { policyEvent, resOutputsEvent } = event;
                if (policyEvent && policyEvent.enforcementLevel === "mandatory") {
                    violations.push(violation(policyEvent));
                }
                if (resOutputsEvent) {
                    progress?.(++done);
                }
            },
        });
    } catch (error) {
        const text = output.join("");
        const reason =
            violations.length > 0
                ? ["the policy pack refused it", ...violations].join("\n  ")
                : lastError(text, error);
        throw new DeployError(`${spec.name}: ${reason}`, violations, text);
    } finally {
        await providers.stop();
    }
}

async function selectStack(target: DeployTarget, spec: StackSpec, debugProviders: string): Promise<Stack> {
    const stack = await LocalWorkspace.createOrSelectStack(
        {
            stackName: spec.name,
            projectName: PROJECT,
            program: (spec.program ?? deployedProgram) as Program,
        },
        {
            ...(await workspace(target.pulumi, spec.name)),
            envVars: {
                ...ENVIRONMENT,
                PULUMI_DEBUG_PROVIDERS: debugProviders,
                PATH: `${path.dirname(analyzerPath())}${path.delimiter}${process.env.PATH ?? ""}`,
            },
        },
    );
    const settings = Object.entries(spec.settings).map(([key, value]) => [
        `${PROJECT}:${key}`,
        { value: typeof value === "string" ? value : JSON.stringify(value) },
    ]);
    // A setting of an earlier run that is none any more would be refused.
    const known = new Set(settings.map(([key]) => key));
    const old = Object.keys(await stack.getAllConfig()).filter((key) => !known.has(key));
    if (old.length > 0) {
        await stack.removeAllConfig(old);
    }
    await stack.setAllConfig(Object.fromEntries(settings));
    return stack;
}

const ENVIRONMENT = { PULUMI_CONFIG_PASSPHRASE: "local", PULUMI_SKIP_UPDATE_CHECK: "1" };

/** Where the engine keeps a stack of the local cloud. */
async function workspace(pulumi: PulumiTool, stackName: string): Promise<LocalWorkspaceOptions> {
    const home = path.join(LOCAL_DIR, "pulumi");
    const workDir = path.join(home, "work", stackName);
    const state = path.join(home, "state");
    fs.mkdirSync(workDir, { recursive: true });
    fs.mkdirSync(state, { recursive: true });
    linkBundles(workDir);
    return {
        workDir,
        pulumiHome: path.join(home, "home"),
        pulumiCommand: await PulumiCommand.get({ root: pulumi.root, skipVersionCheck: true }),
        projectSettings: { name: PROJECT, runtime: "nodejs", backend: { url: `file://${state}` } },
    };
}

/** The engine looks for a function's bundle below its own folder, the program writes it below the project's. */
function linkBundles(workDir: string): void {
    const bundles = path.join(REPO_DIR, ".build");
    const link = path.join(workDir, ".build");
    fs.mkdirSync(bundles, { recursive: true });
    fs.rmSync(link, { force: true });
    fs.symlinkSync(bundles, link);
}

function plainOutputs(outputs: OutputMap): Record<string, unknown> {
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
}

function violation(event: NonNullable<EngineEvent["policyEvent"]>): string {
    const resource = event.resourceUrn?.split("::").slice(-2).join(" ") ?? "stack";
    const text = event.message
        .replace(/<\{%[^%]*%\}>/g, "")
        .replace(/\s+/g, " ")
        .trim();
    return `${event.policyName}: ${resource}: ${text}`;
}

/** What went wrong, in the engine's words but each line once; it prints many beside. */
function lastError(output: string, error: unknown): string {
    const lines = output
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => /^error:|^- syntheticsun:/.test(line))
        .map((line) => line.replace(/^error: (Unhandled exception: )?(\w+: )?/, ""));
    const message = error instanceof Error ? error.message : String(error);
    const unique = lines.length > 0 ? [...new Set(lines)] : message.split("\n");
    return unique.slice(0, 12).join("\n");
}
