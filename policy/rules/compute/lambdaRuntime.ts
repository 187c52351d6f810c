import { resourceRule, securityHub } from "../../rule";

/** Runtimes that AWS still patches, as of November 2026; custom ones on the current Amazon Linux included. */
const SUPPORTED = [
    "nodejs22.x",
    "nodejs24.x",
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.14",
    "java17",
    "java21",
    "java25",
    "dotnet10",
    "ruby3.3",
    "ruby3.4",
    "provided.al2023",
];

export const lambdaRuntime = resourceRule<{ readonly runtime?: string; readonly packageType?: string }>({
    ...securityHub("Lambda.2"),
    name: "lambda-supported-runtime",
    description: "Each function runs on a runtime that AWS patches.",
    severity: "medium",
    remediationSteps: "Set runtime to nodejs22.x or newer; a runtime newer than this list is added to it.",
    types: ["aws:lambda/function:Function"],
    check: ({ runtime, packageType }, report) => {
        if (packageType !== "Image" && !SUPPORTED.includes(runtime ?? "")) {
            report(`set runtime to one that AWS supports (${SUPPORTED.join(", ")}), not ${runtime}`);
        }
    },
});
