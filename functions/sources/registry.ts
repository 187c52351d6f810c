import { LogSource } from "./source";
import { vpcflow } from "./vpcflow";
import { waf } from "./waf";

export interface SourceOptions {
    /** The field order of a text log that has no header line (VPC flow logs). */
    readonly format?: string;
}

/** Every kind of log there is. A new one is a file beside this and a line here. */
const SOURCES = {
    waf: () => waf() as LogSource,
    vpcflow: ({ format }: SourceOptions) => vpcflow(format) as LogSource,
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
