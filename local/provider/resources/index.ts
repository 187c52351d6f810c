import type { ResourceEntry } from "../resource";

type Table = readonly ResourceEntry[];

/** One module a service; a module is loaded when its first resource comes along. */
const SERVICES: Record<string, () => Promise<Table>> = {
    s3: async () => (await import("./s3")).s3,
    iam: async () => (await import("./iam")).iam,
    lambda: async () => (await import("./lambda")).lambda,
    cloudwatch: async () => (await import("./cloudwatch")).cloudwatch,
    sqs: async () => (await import("./sqs")).sqs,
    sns: async () => (await import("./sns")).sns,
    dynamodb: async () => (await import("./dynamodb")).dynamodb,
    kms: async () => (await import("./kms")).kms,
    scheduler: async () => (await import("./scheduler")).scheduler,
    wafv2: async () => (await import("./wafv2")).wafv2,
    kinesis: async () => (await import("./firehose")).firehose,
    secretsmanager: async () => (await import("./secretsmanager")).secretsmanager,
    opensearch: async () => (await import("./opensearch")).opensearch,
    ec2: async () => (await import("./ec2")).ec2,
    guardduty: async () => (await import("./guardduty")).guardduty,
    route53: async () => (await import("./route53")).route53,
    networkfirewall: async () => (await import("./networkfirewall")).networkfirewall,
    cloudcontrol: async () => (await import("./cloudcontrol")).cloudcontrol,
    vpc: async () => (await import("./ec2-rules")).ec2Rules,
};

/** The entry of a type such as `aws:s3/bucket:Bucket`; undefined when the local cloud has none. */
export async function findEntry(type: string): Promise<ResourceEntry | undefined> {
    const service = /^aws:(\w+)\//.exec(type)?.[1] ?? "";
    const table = await SERVICES[service]?.();
    return table?.find((entry) => entry.type === type);
}

/** Every supported type; loads all modules. */
export async function allEntries(): Promise<ResourceEntry[]> {
    const tables = await Promise.all(Object.values(SERVICES).map((load) => load()));
    return tables.flat();
}
