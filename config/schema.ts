import { z } from "zod";
import { feeds, schedule } from "./feeds";
import { places, waf } from "./places";
import { enrichment, sources } from "./sources";
import { account, arn, httpsUrl, organizationId, region } from "./values";

/** Every problem of a configuration at once, each with the key it concerns. */
export class ConfigError extends Error {
    constructor(readonly problems: readonly string[]) {
        super(`the stack's configuration has ${problems.length} problem(s):\n  - ${problems.join("\n  - ")}`);
        this.name = "ConfigError";
    }
}

/** Settings that hub and spoke share. */
const common = {
    /** Name of the environment, part of stack names. */
    environment: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/, "must be 1 to 16 of a-z, 0-9 and -"),
    account,
    region,
    /** The AWS Organization all accounts belong to: resource policies admit nobody else. */
    organizationId,
    /** Role to assume in the target account; left out, the caller's own credentials are used. */
    deployRoleArn: arn.optional(),
    /** Days that log groups are kept. */
    logRetentionDays: z
        .number()
        .refine(
            (days) => RETENTION_DAYS.includes(days),
            `must be one of ${[1, 3, 5, 7, 14, 30].join(", ")}, 60 … 3653`,
        )
        .default(365),
    /** SNS topic that alarms tell; left out, they are only seen in CloudWatch. */
    alarmTopicArn: arn.optional(),
    /** True only on the local cloud: removal deletes data, documentation ranges count as addresses. */
    local: z.boolean().default(false),
};

/** The values that CloudWatch Logs takes (API reference of PutRetentionPolicy). */
const RETENTION_DAYS = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const hub = z.strictObject({
    role: z.literal("hub"),
    ...common,
    /** Where indicators come from, by name. */
    feeds,
    /** How often feeds are collected that have no schedule of their own. */
    collectSchedule: schedule.default("rate(4 hours)"),
    /** IPs, CIDRs and domains that are never an indicator. */
    allowList: z.array(z.string().min(1)).default([]),
    /** Files of MISP warning lists: what is on them is never an indicator. */
    warningLists: z.array(z.string().min(1)).default([]),
    /** How much of a list may change at once. */
    guard: z
        .strictObject({
            /** Share that a run may add or remove; a run that reaches it is held. */
            share: z.number().gt(0).max(10).default(0.5),
            /** Changes that are always let through. */
            minimum: z.number().int().min(0).default(10),
        })
        .prefault({}),
    /** Widest networks that may be indicators, as prefix lengths. */
    widest: z
        .strictObject({
            ipv4: z.number().int().min(1).max(32).default(8),
            ipv6: z.number().int().min(1).max(128).default(19),
        })
        .prefault({}),
    /** Files for firewalls and proxies, in the snapshot bucket. */
    blockLists: z.boolean().default(true),
    /** Files of geographic databases (MaxMind's format), uploaded for the spokes' functions. */
    geo: z
        .strictObject({
            city: z.string().min(1).optional(),
            asn: z.string().min(1).optional(),
            cityIpv6: z.string().min(1).optional(),
            asnIpv6: z.string().min(1).optional(),
        })
        .prefault({}),
    search: z
        .strictObject({
            /** An existing endpoint; left out, a domain is created. */
            endpoint: httpsUrl.optional(),
            instanceType: z.string().default("r7g.large.search"),
            instanceCount: z.number().int().min(1).max(80).default(3),
            volumeGiB: z.number().int().min(10).max(12288).default(100),
        })
        .prefault({}),
});

const spoke = z.strictObject({
    role: z.literal("spoke"),
    ...common,
    /** Full name of the hub's stack, for its outputs: `<organization>/syntheticsun/hub-<env>`. */
    hubStack: z.string().min(1),
    waf,
    ...places,
    sources,
    enrichment,
});

export type HubConfig = z.infer<typeof hub>;
export type SpokeConfig = z.infer<typeof spoke>;
export type StackConfig = HubConfig | SpokeConfig;

const ROLES = { hub, spoke } as const;

/**
 * Turns what a stack's configuration holds into typed settings.
 * @param raw one property a key of the `syntheticsun:` namespace, structured values already parsed
 * @throws ConfigError with every problem at once
 */
export function parseConfig(raw: Readonly<Record<string, unknown>>): StackConfig {
    const role = raw.role;
    if (role !== "hub" && role !== "spoke") {
        const what = role === undefined ? "is missing" : `is ${JSON.stringify(role)}`;
        throw new ConfigError([`syntheticsun:role ${what}: it must be "hub" or "spoke"`]);
    }
    const parsed = ROLES[role].safeParse(raw);
    if (parsed.success) {
        return parsed.data;
    }
    throw new ConfigError(parsed.error.issues.flatMap((issue) => describe(issue)));
}

function describe(issue: z.core.$ZodIssue): string[] {
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => `${keyName([...issue.path, key])} is not a setting of this role`);
    }
    if (
        issue.code === "invalid_type" &&
        issue.input === undefined &&
        /received undefined/.test(issue.message)
    ) {
        return [`${keyName(issue.path)} is missing: run pulumi config set ${keyName(issue.path)} …`];
    }
    return [`${keyName(issue.path)} ${issue.message}`];
}

function keyName(path: readonly PropertyKey[]): string {
    return `syntheticsun:${path.map(String).join(".")}`;
}
