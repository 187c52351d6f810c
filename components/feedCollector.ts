import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { FeedSettings } from "../config/feeds";
import type { FeedDefinition } from "../functions/feeds/definition";
import { alarm } from "./alarm";
import { Environment } from "./environment";
import { IndicatorStore } from "./indicatorStore";
import { InlineFunction } from "./inlineFunction";
import { componentType, Statement } from "./naming";
import { ownAddressesRead } from "./ownAddresses";
import { Schedule } from "./schedule";

export interface FeedCollectorArgs {
    readonly environment: Environment;
    readonly store: IndicatorStore;
    readonly feeds: Readonly<Record<string, FeedSettings>>;
    /** Of feeds that have no schedule of their own. */
    readonly schedule: string;
    readonly lakeBucketName: pulumi.Input<string>;
    readonly lakeBucketArn: pulumi.Input<string>;
    readonly compileFunction: aws.lambda.Function;
}

/** Collects each feed on its own schedule into lists of the snapshot bucket, then has them compiled. */
export class FeedCollector extends pulumi.ComponentResource {
    readonly functionName: pulumi.Output<string>;
    /** Secrets to be given a value by hand, by feed. */
    readonly secretArns: Readonly<Record<string, pulumi.Output<string>>>;
    /** What functions need to know of the feeds. */
    readonly definitions: pulumi.Input<FeedDefinition>[];

    /** @param name The _unique_ name of the collector. */
    constructor(name: string, args: FeedCollectorArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("indicators", "FeedCollector"), name, {}, opts);
        const child = { parent: this };
        const { environment, store } = args;
        const feeds = Object.entries(args.feeds).filter(([, { enabled }]) => enabled);
        const secrets = feeds
            .filter(([, feed]) => feed.auth !== undefined || feed.protocol === "misp")
            .map(([feed]) => [feed, this.secret(`${name}-${feed}`, feed, environment)] as const);
        this.secretArns = Object.fromEntries(secrets.map(([feed, { arn }]) => [feed, arn]));
        this.definitions = feeds.map(([feed, settings]) => definition(feed, settings, this.secretArns[feed]));
        const collect = new InlineFunction(
            name,
            {
                handler: "collect",
                environment,
                description: "Collects the indicators of one feed into lists of the snapshot bucket",
                memorySize: 1024,
                timeout: 900,
                variables: {
                    SNAPSHOT_BUCKET: store.bucket.name,
                    LAKE_BUCKET: args.lakeBucketName,
                    LAKE_REGION: environment.region,
                    COMPILE_FUNCTION: args.compileFunction.name,
                },
                statements: [
                    {
                        Effect: "Allow",
                        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
                        Resource: store.objects("feeds/*"),
                    },
                    { Effect: "Allow", Action: "s3:GetObject", Resource: store.objects("settings/*") },
                    { Effect: "Allow", Action: "s3:ListBucket", Resource: store.bucket.arn },
                    ...ownAddressesRead(args.lakeBucketArn),
                    ...feedObjects(feeds.map(([, settings]) => settings)),
                    ...(secrets.length > 0
                        ? [
                              {
                                  Effect: "Allow" as const,
                                  Action: "secretsmanager:GetSecretValue",
                                  Resource: secrets.map(([, { arn }]) => arn),
                              },
                          ]
                        : []),
                    {
                        Effect: "Allow",
                        Action: "lambda:InvokeFunction",
                        Resource: args.compileFunction.arn,
                    },
                    {
                        Effect: "Allow",
                        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                        Resource: environment.kmsKeyArn,
                    },
                ],
            },
            child,
        );
        collect.mayInvokeItself(name);
        new Schedule(
            name,
            {
                environment,
                functionArn: collect.function.arn,
                events: Object.fromEntries(
                    feeds.map(([feed, settings]) => [
                        feed,
                        { expression: settings.schedule ?? args.schedule, input: { feed } },
                    ]),
                ),
            },
            child,
        );
        this.watch(
            name,
            feeds.map(([feed]) => feed),
            environment,
        );
        this.functionName = collect.function.name;
        this.registerOutputs({ functionName: this.functionName });
    }

    private secret(name: string, feed: string, environment: Environment): aws.secretsmanager.Secret {
        return new aws.secretsmanager.Secret(
            name,
            {
                description: `What the feed ${feed} is asked with. Its value is put by hand`,
                kmsKeyId: environment.kmsKeyArn,
                recoveryWindowInDays: environment.disposable ? 0 : 30,
            },
            { parent: this },
        );
    }

    private watch(name: string, feeds: readonly string[], environment: Environment): void {
        const problems = {
            Held: "would have changed too much of its list at once: the last good list stays in force. Look at the feed; if it is right, run: npm run -s indicators -- accept",
            Failed: "could not be read: its last good list stays in force. Its state and the function's log say why",
        };
        for (const feed of feeds) {
            for (const [metricName, problem] of Object.entries(problems)) {
                alarm(
                    `${name}-${feed}-${metricName.toLowerCase()}`,
                    {
                        environment,
                        description: `The feed ${feed} ${problem}`,
                        namespace: "SyntheticSun",
                        metricName,
                        dimensions: { Feed: feed },
                        statistic: "Sum",
                        threshold: 0,
                    },
                    { parent: this },
                );
            }
        }
    }
}

function definition(
    name: string,
    { enabled: _enabled, schedule: _schedule, ...settings }: FeedSettings,
    secretArn: pulumi.Output<string> | undefined,
): pulumi.Input<FeedDefinition> {
    return secretArn === undefined
        ? { ...settings, name }
        : secretArn.apply((arn) => ({ ...settings, name, secretArn: arn }));
}

/** Feeds that are objects of a bucket. */
function feedObjects(feeds: readonly FeedSettings[]): Statement[] {
    const objects = feeds
        .map(({ url, protocol }) => ({ url, suffix: protocol === "misp-feed" ? "*" : "" }))
        .filter(({ url }) => url.startsWith("s3://"))
        .map(({ url, suffix }) => `arn:aws:s3:::${url.slice("s3://".length)}${suffix}`);
    return objects.length > 0 ? [{ Effect: "Allow", Action: "s3:GetObject", Resource: objects }] : [];
}
