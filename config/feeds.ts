import { z } from "zod";
import { FEED_PRESETS } from "./feedPresets";
import { httpsUrl } from "./values";

/** EventBridge Scheduler expression. */
export const schedule = z.string().regex(/^(rate|cron)\(.+\)$/, "must be rate(…) or cron(…)");

const common = {
    /** Whether it is collected. */
    enabled: z.boolean().default(true),
    /** How often; left out, the hub's `collectSchedule`. */
    schedule: schedule.optional(),
    /** 0 to 100: of values of which the feed does not say how certain they are. */
    confidence: z.number().int().min(0).max(100).default(50),
    /** Days that an indicator lives after the feed was last seen to have it. */
    ttlDays: z.number().min(1).max(365).default(8),
    /** How the feed is asked for; its secret is put into Secrets Manager. */
    auth: z
        .discriminatedUnion("type", [
            z.strictObject({ type: z.literal("header"), name: z.string().regex(/^[A-Za-z0-9-]+$/) }),
            z.strictObject({ type: z.literal("basic") }),
            z.strictObject({ type: z.literal("bearer") }),
        ])
        .optional(),
    /** How its server is known, where the system's certificate authorities do not vouch for it. */
    tls: z
        .strictObject({
            /** PEM. */
            ca: z.string().includes("-----BEGIN CERTIFICATE-----").optional(),
            /** SHA-256, hex. */
            fingerprint: z
                .string()
                .regex(/^([0-9a-fA-F]{2}:?){32}$/, "must be a SHA-256 fingerprint in hex")
                .optional(),
        })
        .refine(({ ca, fingerprint }) => (ca === undefined) !== (fingerprint === undefined), {
            message: "must have one of ca and fingerprint",
        })
        .optional(),
};

const names = z.array(z.string().min(1)).min(1);

const listUrl = z.union(
    [httpsUrl, z.string().regex(/^s3:\/\/[a-z0-9.-]{3,63}\/.+$/)],
    "must be an https:// or s3://bucket/key URL",
);

const protocols = z.discriminatedUnion("protocol", [
    z.strictObject({
        ...common,
        protocol: z.literal("misp"),
        url: httpsUrl,
        confidence: common.confidence.default(80),
        /** Attributes or events with one of these tags are indicators. */
        tags: names.default(["DDB_IP_FEED", "DDB_URL_FEED"]),
        pageSize: z.number().int().min(2).max(20_000).default(5000),
        /** Refuse what is on a warning list that is enabled in MISP. */
        warningLists: z.boolean().default(false),
    }),
    z.strictObject({
        ...common,
        protocol: z.literal("taxii2"),
        url: httpsUrl,
        collections: names.optional(),
        fullEveryHours: z.number().min(1).max(168).default(24),
    }),
    z.strictObject({
        ...common,
        protocol: z.literal("taxii1"),
        url: httpsUrl,
        collections: names.optional(),
    }),
    z.strictObject({ ...common, protocol: z.literal("text"), url: listUrl }),
    z.strictObject({
        ...common,
        protocol: z.literal("csv"),
        url: listUrl,
        columns: z.array(z.number().int().min(1)).min(1),
        delimiter: z.string().length(1).default(","),
        header: z.boolean().default(false),
    }),
    z.strictObject({ ...common, protocol: z.literal("misp-feed"), url: listUrl }),
]);

/** A feed as written: by its protocol, or a preset with what shall be otherwise. */
const feed = z.unknown().transform((raw, context) => {
    const { preset, ...own } = (raw ?? {}) as { preset?: unknown };
    const known = FEED_PRESETS as Readonly<Record<string, object>>;
    if (preset !== undefined && !Object.hasOwn(known, String(preset))) {
        context.addIssue(`has no preset "${String(preset)}": known are ${Object.keys(known).join(", ")}`);
        return z.NEVER;
    }
    return preset === undefined ? own : { ...known[String(preset)], ...own };
});

/** Feeds by name: matches name the feed by it. */
export const feeds = z.record(
    z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "must be 1 to 40 of a-z, 0-9 and -")
        .refine((name) => name !== "analyst", "is a name that stands for the analysts' own decisions"),
    feed.pipe(protocols),
);

export type FeedSettings = z.infer<typeof protocols>;
