import type { SchedulerClient } from "@aws-sdk/client-scheduler";
import type { Context } from "../context";
import { must, obj, orMissing, pascal, str, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-scheduler");

async function client(ctx: Context): Promise<{ sdk: Sdk; scheduler: SchedulerClient }> {
    const sdk = await import("@aws-sdk/client-scheduler");
    return { sdk, scheduler: ctx.client("scheduler", sdk.SchedulerClient) };
}

const when = (props: Props, key: string): Date | undefined =>
    props[key] ? new Date(String(props[key])) : undefined;

function request(inputs: Props): Props {
    const target = obj(inputs, "target") ?? {};
    return {
        Name: must(inputs, "name"),
        GroupName: str(inputs, "groupName") ?? "default",
        Description: str(inputs, "description"),
        ScheduleExpression: must(inputs, "scheduleExpression"),
        ScheduleExpressionTimezone: str(inputs, "scheduleExpressionTimezone"),
        State: str(inputs, "state") ?? "ENABLED",
        ActionAfterCompletion: str(inputs, "actionAfterCompletion"),
        KmsKeyArn: str(inputs, "kmsKeyArn"),
        StartDate: when(inputs, "startDate"),
        EndDate: when(inputs, "endDate"),
        FlexibleTimeWindow: pascal(inputs.flexibleTimeWindow ?? { mode: "OFF" }),
        Target: pascal(
            {
                ...target,
                ...(target.retryPolicy
                    ? {
                          retryPolicy: {
                              maximumEventAgeInSeconds: 86400,
                              maximumRetryAttempts: 185,
                              ...(target.retryPolicy as Props),
                          },
                      }
                    : {}),
            },
            { maximumEventAgeInSeconds: "MaximumEventAgeInSeconds" },
        ),
    };
}

const parts = (id: string): { GroupName: string; Name: string } => {
    const [GroupName, Name] = id.split("/");
    return { GroupName, Name };
};

const schedule: ResourceEntry = {
    type: "aws:scheduler/schedule:Schedule",
    properties: [
        "actionAfterCompletion",
        "description",
        "endDate",
        "flexibleTimeWindow",
        "groupName",
        "kmsKeyArn",
        "name",
        "namePrefix",
        "scheduleExpression",
        "scheduleExpressionTimezone",
        "startDate",
        "state",
        "target",
    ],
    replaceOn: ["name", "namePrefix", "groupName"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
    async create(ctx, inputs) {
        const { sdk, scheduler } = await client(ctx);
        const made = await scheduler.send(new sdk.CreateScheduleCommand(request(inputs) as never));
        const group = str(inputs, "groupName") ?? "default";
        return { id: `${group}/${must(inputs, "name")}`, outs: { arn: made.ScheduleArn, groupName: group } };
    },
    async update(ctx, { news }) {
        const { sdk, scheduler } = await client(ctx);
        await scheduler.send(new sdk.UpdateScheduleCommand(request(news) as never));
    },
    async read(ctx, id) {
        const { sdk, scheduler } = await client(ctx);
        const found = await orMissing(scheduler.send(new sdk.GetScheduleCommand(parts(id))));
        return found && { outs: { arn: found.Arn, name: found.Name, groupName: found.GroupName } };
    },
    async delete(ctx, id) {
        const { sdk, scheduler } = await client(ctx);
        await orMissing(scheduler.send(new sdk.DeleteScheduleCommand(parts(id))));
    },
};

export const scheduler: readonly ResourceEntry[] = [schedule];
