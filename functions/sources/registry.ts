import { alb } from "./alb";
import { apigateway } from "./apigateway";
import { cloudfront } from "./cloudfront";
import { cloudtrail } from "./cloudtrail";
import { guardduty } from "./guardduty";
import { route53 } from "./route53";
import { s3access } from "./s3access";
import { securityhub } from "./securityhub";
import { LogSource } from "./source";
import { suricata } from "./suricata";
import { vpcflow } from "./vpcflow";
import { waf } from "./waf";

export interface SourceOptions {
    /** The field order of a text log that has no header line (VPC flow logs). */
    readonly format?: string;
}

/** Every kind of log there is. A new one is a file beside this and a line here. */
const SOURCES = {
    alb: () => alb(),
    nlb: () => alb(),
    cloudtrail: () => cloudtrail(),
    waf: () => waf(),
    vpcflow: ({ format }: SourceOptions) => vpcflow(format),
    apigateway: () => apigateway(),
    suricata: () => suricata(),
    securityhub: () => securityhub(),
    guardduty: () => guardduty(),
    route53: () => route53(),
    s3access: () => s3access(),
    cloudfront: () => cloudfront(),
} satisfies Record<string, (options: SourceOptions) => LogSource>;

export type SourceKind = keyof typeof SOURCES;

/** The names that `sourceOf` knows. */
export const kinds = Object.keys(SOURCES) as readonly SourceKind[];

export function isSourceKind(name: string): name is SourceKind {
    return Object.hasOwn(SOURCES, name);
}

/** @throws Error when an option does not fit the kind */
export function sourceOf(kind: SourceKind, options: SourceOptions = {}): LogSource {
    return SOURCES[kind](options);
}
