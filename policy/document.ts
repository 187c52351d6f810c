import { Report } from "./rule";

type OneOrMore<T> = T | readonly T[];

export interface Statement {
    readonly Effect: string;
    readonly Action?: OneOrMore<string>;
    readonly NotAction?: OneOrMore<string>;
    readonly Resource?: OneOrMore<string>;
    readonly NotResource?: OneOrMore<string>;
    readonly Principal?: "*" | Readonly<Record<string, OneOrMore<string>>>;
    readonly NotPrincipal?: unknown;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore<string>>>>>;
}

/** A policy document as the engine hands it over: JSON text or an object. */
export type PolicyDocument = string | { readonly Statement: OneOrMore<Statement> } | undefined;

/** Condition keys that hold the caller to an account, an organization, a network or a source resource. */
const CALLER_KEYS = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/** Operators that need the key to be there and to match: neither `…IfExists` nor `ForAllValues:` do. */
const MATCHING_OPERATOR =
    /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/i;

export function list<T>(value: OneOrMore<T> | undefined): readonly T[] {
    if (value === undefined || value === null) {
        return [];
    }
    return Array.isArray(value) ? value : [value as T];
}

/** The statements of a document that allow something. A text that is no JSON is reported. */
export function allowStatements(document: PolicyDocument, report: Report): readonly Statement[] {
    if (!document) {
        return [];
    }
    try {
        const parsed = typeof document === "string" ? JSON.parse(document) : document;
        return list<Statement>(parsed.Statement).filter(({ Effect }) => Effect === "Allow");
    } catch (error) {
        if (error instanceof SyntaxError) {
            report("make the policy document valid JSON");
            return [];
        }
        throw error;
    }
}

/** Reports statements that anybody on the internet may use. */
export function reportPublicStatements(document: PolicyDocument, report: Report): void {
    for (const statement of allowStatements(document, report)) {
        if (statement.NotPrincipal !== undefined) {
            report("replace NotPrincipal by the principals that may call: it allows everybody else");
        } else if (namesEverybody(statement) && !holdsCaller(statement)) {
            report(
                `name the principals of ${list(statement.Action).join(", ")} instead of "*", ` +
                    "or add a condition on aws:PrincipalOrgID, aws:SourceAccount or aws:SourceArn",
            );
        }
    }
}

function namesEverybody({ Principal }: Statement): boolean {
    const principals =
        typeof Principal === "object" ? Object.values(Principal).flatMap(list) : list(Principal);
    return principals.includes("*");
}

function holdsCaller({ Condition }: Statement): boolean {
    return Object.entries(Condition ?? {})
        .filter(([operator]) => MATCHING_OPERATOR.test(operator))
        .flatMap(([, keys]) => Object.entries(keys))
        .some(([key, values]) => CALLER_KEYS.includes(key.toLowerCase()) && !list(values).some(matchesAll));
}

function matchesAll(value: string): boolean {
    return /^[*:?]*$/.test(value) || /^arn:[*:?]*$/.test(value);
}
