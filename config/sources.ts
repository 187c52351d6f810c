import { z } from "zod";
import { arn } from "./values";

/** Kinds of log, as `functions/sources/registry.ts` names them. */
export const SOURCE_KINDS = [
    "cloudtrail",
    "vpcflow",
    "alb",
    "nlb",
    "waf",
    "apigateway",
    "suricata",
    "securityhub",
    "guardduty",
    "route53",
    "s3access",
    "cloudfront",
] as const;

export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What is looked up for each record. */
export interface Enrichment {
    /** Known bad addresses, domains and URLs. */
    readonly indicators: boolean;
    /** Country, city and network, from the hub's database files. */
    readonly geo: boolean;
    /** Names of addresses: slow, and tells the name servers who is looked at. */
    readonly reverseDns: boolean;
    /** Instance, VPC and subnet of private addresses. */
    readonly networkInterfaces: boolean;
    /** Country, city and network from ip-api.com or a service like it, where `geo` is off. */
    readonly ipApi: false | { readonly baseUrl: string };
    /** Keep a text record's own line as `event.original`. */
    readonly originalEvent: boolean;
}

export interface BucketSettings {
    /** An existing bucket, in this account and region; left out, one is created. */
    readonly name?: string;
    /** Of an existing bucket: keys begin so. @default where the service puts this account's logs */
    readonly prefix?: string;
    /** Of an existing bucket: the key it is encrypted with. */
    readonly kmsKeyArn?: string;
    /** Of a created bucket: every account of the organization delivers to it, not only this one. */
    readonly organization?: boolean;
    /** Of a created bucket: the one trail that may write, for example the organization's. */
    readonly trailArn?: string;
}

export interface LogGroupSettings {
    /** An existing log group, in this account and region; left out, one is created. */
    readonly name?: string;
}

/** Settings of one kind. A kind that can come in two ways may come in both. */
export interface SourceSettings {
    readonly enabled: boolean;
    readonly bucket?: BucketSettings;
    readonly logGroup?: LogGroupSettings;
    /** Field order of a text log that has no header line. */
    readonly format?: string;
    /** MiB. */
    readonly memorySize?: number;
    readonly enrichment: Partial<Enrichment>;
}

export type SourcesSettings = { readonly [Kind in SourceKind]?: SourceSettings };

const ipApi = z.union(
    [z.literal(false), z.strictObject({ baseUrl: z.url({ protocol: /^https?$/ }) })],
    "must be false or have a baseUrl",
);

/** Of a stack: what is on for every kind that does not say otherwise. */
export const enrichment = z
    .strictObject({
        indicators: z.boolean().default(true),
        geo: z.boolean().default(true),
        reverseDns: z.boolean().default(false),
        /** For flow logs; another kind asks for it by its own setting. */
        networkInterfaces: z.boolean().default(true),
        ipApi: ipApi.default(false),
        originalEvent: z.boolean().default(false),
    })
    .prefault({});

const common = {
    enabled: z.boolean().default(true),
    memorySize: z.number().int().min(128).max(10_240).optional(),
    enrichment: z
        .strictObject({
            indicators: z.boolean(),
            geo: z.boolean(),
            reverseDns: z.boolean(),
            networkInterfaces: z.boolean(),
            ipApi,
            originalEvent: z.boolean(),
        })
        .partial()
        .prefault({}),
};

const existingBucket = {
    name: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket")
        .optional(),
    prefix: z.string().min(1).max(1024).optional(),
    kmsKeyArn: arn.optional(),
};

const OF_EXISTING = "needs the name of an existing bucket: one that is created has its own";
const OF_CREATED = "is of a bucket that is created: an existing one has its own policy";

/** A bucket's settings hold for an existing one or for one that is created, never for both. */
function bucket<Shape extends z.ZodRawShape>(ofCreated: Shape) {
    const settings = z.strictObject({ ...existingBucket, ...ofCreated }).superRefine((value, context) => {
        const given = value as Readonly<Record<string, unknown>>;
        const created = given.name === undefined;
        for (const key of created ? ["prefix", "kmsKeyArn"] : Object.keys(ofCreated)) {
            if (given[key] !== undefined) {
                context.addIssue({
                    code: "custom",
                    path: [key],
                    message: created ? OF_EXISTING : OF_CREATED,
                });
            }
        }
    });
    return settings.optional();
}

const organization = z.boolean().optional();

const logGroup = z
    .strictObject({
        name: z
            .string()
            .regex(/^[\w./#-]{1,512}$/, "must be the name of a log group")
            .optional(),
    })
    .optional();

/** Of a spoke: which logs are read, from where. WAF and flow logs are unless disabled, others when they are named. */
export const sources = z
    .strictObject({
        cloudtrail: z
            .strictObject({ ...common, bucket: bucket({ organization, trailArn: arn.optional() }) })
            .optional(),
        vpcflow: z
            .strictObject({
                ...common,
                bucket: bucket({ organization }),
                logGroup,
                /** Fields in order, as in the flow log's own format; left out, version 2's default. */
                format: z.string().min(1).optional(),
            })
            .prefault({}),
        alb: z.strictObject({ ...common, bucket: bucket({ organization }) }).optional(),
        nlb: z.strictObject({ ...common, bucket: bucket({ organization }) }).optional(),
        waf: z.strictObject({ ...common, bucket: bucket({}) }).prefault({}),
        apigateway: z.strictObject({ ...common, logGroup }).optional(),
        suricata: z.strictObject({ ...common, bucket: bucket({ organization }), logGroup }).optional(),
        securityhub: z.strictObject(common).optional(),
        guardduty: z.strictObject(common).optional(),
        route53: z.strictObject({ ...common, bucket: bucket({ organization }), logGroup }).optional(),
        s3access: z.strictObject({ ...common, bucket: bucket({}) }).optional(),
        cloudfront: z.strictObject({ ...common, bucket: bucket({ organization }) }).optional(),
    } satisfies Record<SourceKind, z.ZodType>)
    .prefault({});

/** The kinds that are on, each with its settings. */
export function enabledSources(settings: SourcesSettings): [SourceKind, SourceSettings][] {
    return SOURCE_KINDS.flatMap((kind): [SourceKind, SourceSettings][] => {
        const own = settings[kind];
        return own?.enabled ? [[kind, own]] : [];
    });
}

/** What is on for a kind: its own setting, else the stack's. */
export function enrichmentOf(kind: SourceKind, own: Partial<Enrichment>, stackWide: Enrichment): Enrichment {
    return {
        ...stackWide,
        networkInterfaces: kind === "vpcflow" && stackWide.networkInterfaces,
        ...own,
    };
}
