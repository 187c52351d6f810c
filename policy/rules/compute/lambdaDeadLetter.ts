import { PolicyResource } from "@pulumi/policy";
import { isSet, NO_CONTROL, stackRule } from "../../rule";

const EVENT_CONFIG = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig";

export const lambdaDeadLetter = stackRule({
    name: "lambda-dead-letter",
    description: "An event that a function could not work on is kept, not dropped.",
    severity: "medium",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html",
    remediationSteps:
        "Set deadLetterConfig, or give the function a FunctionEventInvokeConfig with onFailure.",
    check: (resources, report) => {
        const kept = resources
            .filter((resource) => resource.type === EVENT_CONFIG && keepsFailures(resource))
            .flatMap(({ propertyDependencies }) => propertyDependencies.functionName ?? []);
        for (const { type, props, urn } of resources) {
            const lambda = type === "aws:lambda/function:Function";
            if (
                lambda &&
                !isSet(props.deadLetterConfig, "targetArn") &&
                !kept.some((one) => one.urn === urn)
            ) {
                report("set deadLetterConfig.targetArn to the ARN of a queue or topic", urn);
            }
        }
    },
});

function keepsFailures({ props }: PolicyResource): boolean {
    return isSet(props.destinationConfig?.onFailure, "destination");
}
