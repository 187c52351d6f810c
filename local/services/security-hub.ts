import * as sdk from "@aws-sdk/client-securityhub";
import { problemOf } from "./asff";
import { filterFindings } from "./finding-filters";
import { decode, ModelError, operationsOf } from "./model";
import { NormalizedSchema } from "@smithy/core/schema";
import { Call, Handlers, page, Service, ServiceError } from "./service";

const INVALID = "InvalidInputException";
const MAX_PER_CALL = 100;
const FINDING = NormalizedSchema.of(sdk.AwsSecurityFinding$);

interface State {
    subscribedAt?: string;
    /** By product and id. */
    readonly findings: Record<string, sdk.AwsSecurityFinding>;
}

type HubCall = Call<State>;

function subscribed({ account, state }: HubCall): string {
    if (state.subscribedAt === undefined) {
        const message = `Account ${account} is not subscribed to AWS Security Hub`;
        throw new ServiceError("InvalidAccessException", message, 401);
    }
    return state.subscribedAt;
}

/** Takes one finding. @returns what is wrong with it */
function importOne(call: HubCall, raw: unknown): string | undefined {
    let finding: sdk.AwsSecurityFinding;
    try {
        finding = decode(FINDING, raw, { rest: true }) as sdk.AwsSecurityFinding;
    } catch (error) {
        if (error instanceof ModelError) {
            return error.message;
        }
        throw error;
    }
    const problem = problemOf(finding, call);
    if (problem === undefined) {
        const key = `${finding.ProductArn}/${finding.Id}`;
        const before: sdk.AwsSecurityFinding | undefined = call.state.findings[key];
        call.state.findings[key] = {
            RecordState: "ACTIVE",
            ...finding,
            // Those who import cannot change what analysts said.
            Workflow: before?.Workflow ?? finding.Workflow ?? { Status: "NEW" },
            ...(before?.Note ? { Note: before.Note } : {}),
            Region: call.region,
        };
    }
    return problem;
}

const handlers: Handlers<State> = {
    EnableSecurityHub: ({ account, state }): sdk.EnableSecurityHubResponse => {
        if (state.subscribedAt !== undefined) {
            const message = `Account ${account} is already subscribed to Security Hub`;
            throw new ServiceError("ResourceConflictException", message, 409);
        }
        state.subscribedAt = new Date().toISOString();
        return {};
    },
    DescribeHub: (call): sdk.DescribeHubResponse => ({
        HubArn: `arn:aws:securityhub:${call.region}:${call.account}:hub/default`,
        SubscribedAt: subscribed(call),
        AutoEnableControls: true,
        ControlFindingGenerator: "SECURITY_CONTROL",
    }),
    BatchImportFindings: (call, { Findings }: { Findings: unknown }): sdk.BatchImportFindingsResponse => {
        subscribed(call);
        if (!Array.isArray(Findings) || Findings.length < 1 || Findings.length > MAX_PER_CALL) {
            throw new ServiceError(INVALID, `Findings must be 1 to ${MAX_PER_CALL}`);
        }
        const FailedFindings = (Findings as { Id?: unknown }[]).flatMap((raw) => {
            const problem = importOne(call, raw);
            const failed = { Id: String(raw?.Id ?? ""), ErrorCode: "InvalidInput", ErrorMessage: problem };
            return problem === undefined ? [] : [failed];
        });
        const FailedCount = FailedFindings.length;
        return { FailedCount, SuccessCount: Findings.length - FailedCount, FailedFindings };
    },
    GetFindings: (call, input: sdk.GetFindingsRequest): sdk.GetFindingsResponse => {
        subscribed(call);
        if (input.SortCriteria?.length) {
            throw new ServiceError(INVALID, "SortCriteria are not in the local cloud");
        }
        let found: sdk.AwsSecurityFinding[];
        try {
            found = filterFindings(Object.values(call.state.findings), input.Filters);
        } catch (error) {
            throw new ServiceError(INVALID, (error as Error).message);
        }
        const { items, NextToken } = page(found, input, 100, INVALID);
        return { Findings: items, NextToken };
    },
};

/** Security Hub's findings. */
export const securityHub: Service<State> = {
    signingName: "securityhub",
    rest: true,
    operations: operationsOf(sdk),
    handlers,
    initial: () => ({ findings: {} }),
    invalid: INVALID,
    unchecked: ["Findings"],
};
