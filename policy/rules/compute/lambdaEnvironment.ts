import { UnknownValueError } from "@pulumi/policy";
import { NO_CONTROL, resourceRule } from "../../rule";

interface FunctionProps {
    readonly environment?: { readonly variables?: Readonly<Record<string, string>> };
}

const SECRET_NAME = /(^|_)KEY$|SECRET|PASSWORD|TOKEN/i;

/** An ARN, or a KMS key by its id or alias. */
const REFERENCE = /^(arn:aws[a-z-]*:|alias\/|mrk-[0-9a-f]{32}$|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$)/;

export const lambdaEnvironment = resourceRule<FunctionProps>({
    name: "lambda-no-secret-in-environment",
    description:
        "No function holds a secret in its environment, where everybody who may list functions reads it.",
    severity: "high",
    control: NO_CONTROL,
    url: "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    remediationSteps: "Put the value into Secrets Manager and pass the secret's ARN.",
    types: ["aws:lambda/function:Function"],
    check: ({ environment }, report) => {
        const variables = environment?.variables ?? {};
        const suspicious = Object.keys(variables).filter((name) => SECRET_NAME.test(name));
        let unknown: UnknownValueError | undefined;
        for (const name of suspicious) {
            try {
                if (variables[name] && !REFERENCE.test(variables[name])) {
                    report(`pass the ARN of a secret in the environment variable ${name}, or rename it`);
                }
            } catch (error) {
                if (!(error instanceof UnknownValueError)) {
                    throw error;
                }
                unknown = error;
            }
        }
        if (unknown) {
            throw unknown;
        }
    },
});
