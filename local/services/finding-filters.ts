import type {
    AwsSecurityFinding,
    AwsSecurityFindingFilters,
    DateFilter,
    StringFilter,
} from "@aws-sdk/client-securityhub";

/** Text of a finding that can be asked for. */
const TEXTS: Readonly<Record<string, (finding: AwsSecurityFinding) => string | undefined>> = {
    Id: ({ Id }) => Id,
    ProductArn: ({ ProductArn }) => ProductArn,
    AwsAccountId: ({ AwsAccountId }) => AwsAccountId,
    GeneratorId: ({ GeneratorId }) => GeneratorId,
    Title: ({ Title }) => Title,
    RecordState: ({ RecordState }) => RecordState,
    SeverityLabel: ({ Severity }) => Severity?.Label,
    WorkflowStatus: ({ Workflow }) => Workflow?.Status,
};
const DATES: Readonly<Record<string, (finding: AwsSecurityFinding) => string | undefined>> = {
    CreatedAt: ({ CreatedAt }) => CreatedAt,
    UpdatedAt: ({ UpdatedAt }) => UpdatedAt,
};

/** @throws Error for a filter that is not known here: answering without it would be wrong */
export function filterFindings(
    findings: readonly AwsSecurityFinding[],
    filters: AwsSecurityFindingFilters = {},
): AwsSecurityFinding[] {
    const unknown = Object.keys(filters).find((name) => !(name in TEXTS) && !(name in DATES));
    if (unknown) {
        throw new Error(`filter ${unknown} is not in the local cloud`);
    }
    return findings.filter((finding) =>
        Object.entries(filters).every(([name, each]) =>
            name in TEXTS
                ? matchesText(TEXTS[name](finding) ?? "", each as StringFilter[])
                : matchesDate(DATES[name](finding) ?? "", each as DateFilter[]),
        ),
    );
}

/** Filters that say what it is are alternatives; those that say what it is not go together. */
function matchesText(text: string, filters: readonly StringFilter[]): boolean {
    const results = filters.map((filter) => ({
        negative: String(filter.Comparison).includes("NOT"),
        matches: compare(text, filter),
    }));
    const positive = results.filter(({ negative }) => !negative);
    return (
        (positive.length === 0 || positive.some(({ matches }) => matches)) &&
        results.filter(({ negative }) => negative).every(({ matches }) => matches)
    );
}

function compare(text: string, { Value = "", Comparison }: StringFilter): boolean {
    switch (Comparison) {
        case "EQUALS":
            return text === Value;
        case "NOT_EQUALS":
            return text !== Value;
        case "PREFIX":
            return text.startsWith(Value);
        case "PREFIX_NOT_EQUALS":
            return !text.startsWith(Value);
        default:
            throw new Error(`comparison ${String(Comparison)} is not in the local cloud`);
    }
}

function matchesDate(text: string, filters: readonly DateFilter[]): boolean {
    const at = Date.parse(text);
    return filters.some(({ Start, End, DateRange }) => {
        const days = DateRange ? Date.now() - Number(DateRange.Value) * 86_400_000 : undefined;
        const start = Start === undefined ? (days ?? -Infinity) : Date.parse(Start);
        return at >= start && at <= (End === undefined ? Infinity : Date.parse(End));
    });
}
