import { z } from "zod";

/** Blocking in WAF. */
export const waf = z
    .strictObject({
        scope: z.enum(["REGIONAL", "CLOUDFRONT"]).default("REGIONAL"),
        /** IP sets of 10,000 addresses each, per address family. */
        ipv4Sets: z.number().int().min(1).max(49).default(2),
        ipv6Sets: z.number().int().min(1).max(49).default(1),
        /** What the web ACL does with a known bad client. */
        action: z.enum(["block", "count"]).default("block"),
    })
    .prefault({})
    .refine(
        (settings) => settings.ipv4Sets + settings.ipv6Sets <= 50,
        "ipv4Sets and ipv6Sets may be 50 together: a web ACL's limit",
    );

/** Places that are filled only where they are named. */
export const places = {
    /** Threat lists of GuardDuty. */
    guardduty: z
        .strictObject({
            /** Of the account's detector in this region. */
            detectorId: z.string().regex(/^[0-9a-f]{32}$/, "must be a detector id of 32 hex digits"),
            /** Threat intel sets of 250,000 addresses each: 6 an account and region is AWS's limit. */
            threatIntelSets: z.number().int().min(0).max(6).default(1),
            /** A threat entity set with domains and addresses. */
            threatEntitySet: z.boolean().default(true),
            /** Entities of the threat entity set. */
            entityLimit: z.number().int().min(1).max(250_000).default(1000),
        })
        .optional(),
    /** Route 53 Resolver DNS Firewall. */
    dnsFirewall: z
        .strictObject({
            /** VPCs whose queries are looked at. */
            vpcIds: z.array(z.string().regex(/^vpc-[0-9a-f]+$/, "must be a VPC id")).default([]),
            action: z.enum(["block", "alert"]).default("block"),
            /** Priority among the VPC's rule groups. */
            priority: z.number().int().min(101).max(9899).default(200),
            /** Entries of the list; a domain takes two. */
            room: z.number().int().min(2).max(100_000).default(100_000),
        })
        .optional(),
    /** Rule groups for firewall policies of Network Firewall. */
    networkFirewall: z
        .strictObject({
            action: z.enum(["drop", "alert"]).default("drop"),
            /** Capacities, fixed for the life of the groups; 30,000 rules a policy is AWS's limit. */
            domains: z.number().int().min(1).max(30_000).default(10_000),
            addresses: z.number().int().min(1).max(30_000).default(10_000),
        })
        .optional(),
    /** Findings in Security Hub when a record that was let through matches an indicator. */
    securityHub: z.strictObject({ enabled: z.boolean().default(true) }).optional(),
    /** How often every place is looked at without a new publication: what somebody changed by hand is put right. */
    enforceSchedule: z
        .string()
        .regex(/^rate\(.+\)$/, "must be rate(…)")
        .default("rate(1 hour)"),
};
