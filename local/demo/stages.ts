import { Listr } from "listr2";
import { HUB, seedAccounts, SPOKES } from "../accounts";
import { DeployError, preview, Progress, StackSpec, up } from "../deploy";
import { letEnginesLiveOn, startEngines } from "../engines";
import { startMispProcess } from "../misp/process";
import { ensurePulumi } from "../tools/pulumi";
import { account, Balance, Sending, totals } from "./balance";
import { AwsFiles, findAwsFiles } from "./awsFiles";
import { badStack } from "./badStack";
import { DemoContext, deployTarget, HubOutputs, SpokeOutputs } from "./context";
import {
    collect,
    currentManifest,
    Manifest,
    publish,
    storeMispKey,
    tellOwnAddresses,
    waitForSets,
} from "./indicators";
import { LIST_FEED, Poisoning, poisonList, writeList } from "./listFeed";
import { DemoOptions } from "./options";
import { countFindings, switchOnDetection, waitForPlaces } from "./places";
import { DemoReport, Enforced } from "./report";
import { badValuesOf, sampleBadValues, sampleFeed, sampleList } from "./sampleFeed";
import { hubSpec, spokeSpec } from "./stackSpecs";
import { Sent, sendFiles, sendGenerated, totalOf } from "./traffic";

const ADDRESSES_PER_SET = 10_000;
const MOST_SETS = 49;

/** What the stages find out. */
interface Findings extends Sending, Balance {
    collected: Record<string, unknown>;
    manifest: Manifest;
    poisonings: Poisoning[];
    enforcement: Record<string, Enforced>;
    findings: number;
    skippedFiles: string[];
}

export interface DemoResult {
    readonly report: DemoReport;
    readonly context: DemoContext;
}

/** Runs the whole job, stage by stage, with a task list that shows where it is. */
export async function runDemo(
    options: DemoOptions,
    renderer: "default" | "silent" = "default",
): Promise<DemoResult> {
    const context = {} as DemoContext;
    const found = {} as Findings;
    const seconds: Record<string, number> = {};
    const feedText = options.feedText ?? sampleFeed();
    const files = options.logs === undefined ? undefined : findAwsFiles(options.logs);
    const ipv4Sets = Math.min(MOST_SETS, Math.max(2, Math.ceil(options.ipv4Count / ADDRESSES_PER_SET)));

    type Report = (text: string) => void;
    const stage = (name: string, title: string, run: (say: Report) => Promise<string | void>) => ({
        title,
        task: async (_: unknown, task: { title: string; output: unknown }) => {
            const begin = Date.now();
            const said = await run((text) => (task.output = text));
            seconds[name] = (Date.now() - begin) / 1000;
            task.title = said ? `${title}: ${said}` : title;
        },
    });

    const tasks = new Listr(
        [
            stage("engines", "Start the local cloud (MiniStack, OpenSearch)", async (say) => {
                context.cloud = await startEngines({ detached: false }, say);
                return `${context.cloud.awsEndpoint}, ${context.cloud.openSearchEndpoint}`;
            }),
            stage("pulumi", "Find the Pulumi CLI", async (say) => {
                context.pulumi = await ensurePulumi(say);
            }),
            stage("accounts", "Make the organization's accounts and a MISP stand-in", async () => {
                context.misp = await startMispProcess(feedText);
                context.deployer = await seedAccounts(context.cloud.awsEndpoint);
                await writeList(context, sampleList());
                context.detectorId = await switchOnDetection(context, SPOKES[0]);
                return `hub ${HUB.id}, spokes ${SPOKES.map(({ id }) => id).join(" and ")}`;
            }),
            stage("policy", "Preview a deliberately bad stack: the policy pack must refuse it", (say) =>
                provePolicyPack(context, say),
            ),
            stage("hub", `Deploy the hub (${HUB.id} ${HUB.region}) with the policy pack`, async (say) => {
                const spec = hubSpec(context.misp.url);
                const { outputs, text } = await previewAndUp(context, spec, say);
                context.hub = outputs as unknown as HubOutputs;
                return text;
            }),
            stage("spokes", "Deploy two spokes with the policy pack", async (say) => {
                const results = await Promise.all(
                    SPOKES.map((account) =>
                        previewAndUp(
                            context,
                            spokeSpec(account, { ipv4Sets, detectorId: context.detectorId }),
                            say,
                        ),
                    ),
                );
                context.spokes = SPOKES.map((account, index) => ({
                    account,
                    outputs: results[index].outputs as unknown as SpokeOutputs,
                }));
                return results.map(({ text }) => text).join("; ");
            }),
            stage("indicators", "Collect indicators from MISP and a list, and publish them", async () => {
                await storeMispKey(context);
                await tellOwnAddresses(context);
                // An earlier run on this cloud may have had quite another feed.
                found.collected = {
                    misp: await collect(context, "misp", true),
                    [LIST_FEED]: await collect(context, LIST_FEED, true),
                };
                await publish(context);
                found.manifest = await currentManifest(context);
                return JSON.stringify(found.manifest.counts);
            }),
            stage("poison", "Poison the list: what was good must stay in force", async (say) => {
                found.poisonings = await poisonList(context, sampleList());
                found.poisonings.forEach(({ what, outcome }) => say(`${what}: ${outcome}`));
                return found.poisonings.map(({ what, outcome }) => `${what} ${outcome}`).join(", ");
            }),
            stage("enforcement", "Block what is known to be bad in every place of each spoke", async () => {
                found.enforcement = await enforcedIn(context, found.manifest, ipv4Sets);
            }),
            stage("traffic", "Send logs the way AWS delivers them", async (say) => {
                await send(context, found, options, files);
                say("sent");
                return `${totalOf(found.sent)} records of ${Object.keys(found.sent).length} kinds`;
            }),
            stage("accounting", "Wait until every record is accounted for in OpenSearch", async (say) => {
                Object.assign(found, await account(context, found, say));
                found.findings = await countFindings(context, SPOKES[0]);
                return `${totalOf(found.sent)} records`;
            }),
        ],
        { renderer, rendererOptions: { collapseSubtasks: false, showErrorMessage: false } },
    );
    await tasks.run();
    letEnginesLiveOn();
    return {
        context,
        report: {
            sources: found.sources,
            indicators: {
                collected: found.collected,
                snapshot: found.manifest.counts,
                matches: found.matches,
                poisonings: found.poisonings,
            },
            enforcement: found.enforcement,
            findings: found.findings,
            seconds,
            skippedFiles: found.skippedFiles,
        },
    };
}

async function provePolicyPack(context: DemoContext, say: (text: string) => void): Promise<string> {
    try {
        await preview(deployTarget(context), badStack);
    } catch (error) {
        if (error instanceof DeployError && error.violations.length > 0) {
            error.violations.forEach(say);
            return `refused, ${error.violations.length} violations, such as\n    ${error.violations[0]}`;
        }
        throw error;
    }
    throw new Error("the policy pack let a deliberately bad stack pass");
}

async function previewAndUp(context: DemoContext, spec: StackSpec, say: (text: string) => void) {
    const target = deployTarget(context);
    say(`${spec.name}: preview`);
    await preview(target, spec);
    // A log file is not a screen: every twentieth is enough there.
    const progress: Progress = (done) => {
        if (process.stdout.isTTY || done % 20 === 0) {
            say(`${spec.name}: ${done} resources`);
        }
    };
    const { changes, outputs } = await up(target, spec, progress);
    const text = Object.entries(changes)
        .map(([step, count]) => `${count} ${step}`)
        .join(", ");
    return { outputs, text };
}

async function enforcedIn(
    context: DemoContext,
    { counts, version }: Manifest,
    ipv4Sets: number,
): Promise<Findings["enforcement"]> {
    const room = ipv4Sets * ADDRESSES_PER_SET;
    const expected = {
        ipv4: Math.min(room, (counts.ipv4 ?? 0) + (counts.cidr4 ?? 0)),
        ipv6: Math.min(ADDRESSES_PER_SET, (counts.ipv6 ?? 0) + (counts.cidr6 ?? 0)),
    };
    const entries = await Promise.all(
        context.spokes.map(async (spoke) => [
            `${spoke.account.id} ${spoke.account.region}`,
            {
                ...(await waitForSets(context, spoke, expected)),
                places: await waitForPlaces(context, spoke, version),
            },
        ]),
    );
    return Object.fromEntries(entries);
}

async function send(
    context: DemoContext,
    found: Findings,
    options: DemoOptions,
    files: AwsFiles | undefined,
): Promise<void> {
    const now = new Date();
    found.startedAt = now.getTime();
    found.before = await totals(context);
    if (files) {
        const { sent, skipped } = await sendFiles(context, files, now);
        found.sent = sent;
        found.skippedFiles = skipped;
    } else {
        const { feedText } = options;
        const sent = await sendGenerated(context, feedText ? badValuesOf(feedText) : sampleBadValues(), now);
        found.sent = feedText ? withoutMatches(sent) : sent;
        found.skippedFiles = [];
    }
}

/** A user's feed may hold what traffic shows by chance, and what is no indicator after all. */
function withoutMatches(sent: Sent): Sent {
    return Object.fromEntries(
        Object.entries(sent).map(([kind, { records, expected }]) => [
            kind,
            { records, expected: { ...expected, matched: undefined, matchedBy: undefined } },
        ]),
    );
}
