import {
    PolicyResource,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
    UnknownValueError,
} from "@pulumi/policy";

/** Said of a rule that no Security Hub control stands behind. */
export const NO_CONTROL = "none exists";

export interface RuleMetadata {
    /** Unique in the pack: `<service>-<what holds>`. */
    readonly name: string;
    /** What must hold and why, in one sentence. */
    readonly description: string;
    readonly severity: Severity;
    /** Security Hub control such as `S3.8`, or {@link NO_CONTROL}. */
    readonly control: string;
    /** AWS's page on the matter. */
    readonly url: string;
    readonly remediationSteps: string;
}

/** Reports one violation: one line that names what to change. */
export type Report = (message: string) => void;

export interface ResourceRuleArgs<Props> extends RuleMetadata {
    /** Type tokens, such as `aws:sqs/queue:Queue`. */
    readonly types: readonly string[];
    /** @param type Token of the resource at hand. */
    readonly check: (props: Props, report: Report, type: string) => void;
}

export interface StackRuleArgs extends RuleMetadata {
    readonly check: (
        resources: readonly PolicyResource[],
        report: (message: string, urn: string) => void,
    ) => void;
}

export type Rule = (ResourceValidationPolicy | StackValidationPolicy) & {
    readonly control: string;
    /** What the rule looks at; none of a rule on the whole stack. */
    readonly types: readonly string[];
};

/** A rule on one resource at a time. `Props` is what the check reads of its inputs. */
export function resourceRule<Props>({ types, check, ...metadata }: ResourceRuleArgs<Props>): Rule {
    return {
        ...policyMetadata(metadata),
        types,
        validateResource: ({ type, props, notApplicable }, report) => {
            if (!types.includes(type)) {
                notApplicable(`only for ${types.join(", ")}`);
            }
            check(props as Props, report, type);
        },
    };
}

/** A rule on how resources of the whole stack fit together. */
export function stackRule({ check, ...metadata }: StackRuleArgs): Rule {
    return {
        ...policyMetadata(metadata),
        types: [],
        validateStack: ({ resources }, report) => check(resources, report),
    };
}

/** Where a control of Security Hub is explained: `S3.8` is on the page of S3's controls. */
export function securityHub(control: string): Pick<RuleMetadata, "control" | "url"> {
    const [service, number] = control.toLowerCase().split(".");
    const guide = "https://docs.aws.amazon.com/securityhub/latest/userguide";
    return { control, url: `${guide}/${service}-controls.html#${service}-${number}` };
}

/** Whether a property is set. One that is not known yet in a preview is set: the update checks its value. */
export function isSet<Props extends object>(props: Props | undefined, key: keyof Props): boolean {
    try {
        return Boolean(props?.[key]);
    } catch (error) {
        if (error instanceof UnknownValueError) {
            return true;
        }
        throw error;
    }
}

function policyMetadata(metadata: RuleMetadata) {
    const { name, description, severity, control, url, remediationSteps } = metadata;
    const framework = {
        name: "AWS Security Hub",
        version: "consolidated controls",
        reference: control,
        specification: description,
    };
    return {
        ...{ name, description, severity, control, url, remediationSteps },
        enforcementLevel: "mandatory" as const,
        ...(control === NO_CONTROL ? {} : { framework }),
    };
}
