import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { normalizeIndicator, Normalized } from "../../indicators/normalize";
import { Override, putOverride } from "../../indicators/overrides";
import { CommandError, Hub, safetyOf } from "./hub";
import { invoke } from "./invoke";

export interface Decision {
    readonly action: Override["action"];
    readonly value: string;
    readonly reason: string;
    /** A date or a time, ISO 8601. */
    readonly until?: string;
}

/**
 * Records an analyst's decision under the caller's name, and has it published.
 * @returns the compiler's report
 * @throws CommandError when it is not well formed, or would block what must never be blocked
 */
export async function decide(
    hub: Hub,
    { action, value, reason, until }: Decision,
): Promise<Record<string, unknown>> {
    const normal = normalizeIndicator(value);
    if (!normal) {
        throw new CommandError(`"${value}" is no address, network, domain or URL`);
    }
    const end = until === undefined ? undefined : new Date(until);
    if (end && !(end.getTime() > hub.now().getTime())) {
        throw new CommandError(`--until "${until}" is no time to come: write a date such as 2026-12-31`);
    }
    if (action === "block") {
        await refuseUnsafe(hub, normal);
    }
    const { Arn = "" } = await hub.sts.send(new GetCallerIdentityCommand({}));
    await putOverride(hub.dynamo, hub.names.overridesTable, {
        value: normal.value,
        at: hub.now().toISOString(),
        action,
        reason,
        by: Arn,
        ...(end ? { until: end.toISOString() } : {}),
    });
    return invoke(hub, hub.names.compileFunction, {});
}

async function refuseUnsafe(hub: Hub, indicator: Normalized): Promise<void> {
    const rule = (await safetyOf(hub)).refusal(indicator);
    if (rule !== undefined) {
        throw new CommandError(`${indicator.value} is never blocked: ${rule}`);
    }
}
