import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Environment } from "./environment";
import { componentType, policyDocument } from "./naming";

/** An event that comes again and again. */
export interface ScheduledEvent {
    /** EventBridge Scheduler expression. */
    readonly expression: string;
    readonly input: Readonly<Record<string, unknown>>;
}

export interface ScheduleArgs {
    readonly environment: Environment;
    readonly functionArn: pulumi.Input<string>;
    /** By name. */
    readonly events: Readonly<Record<string, ScheduledEvent>>;
}

/** Invokes a function on schedules, with a role that may do nothing else. */
export class Schedule extends pulumi.ComponentResource {
    /** @param name The _unique_ name of the schedules. */
    constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("compute", "Schedule"), name, {}, opts);
        const child = { parent: this };
        const role = new aws.iam.Role(
            `${name}-schedule`,
            {
                assumeRolePolicy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: "scheduler.amazonaws.com" },
                        Action: "sts:AssumeRole",
                        Condition: { StringEquals: { "aws:SourceAccount": args.environment.accountId } },
                    },
                ]),
            },
            child,
        );
        new aws.iam.RolePolicy(
            `${name}-schedule`,
            {
                role: role.id,
                policy: policyDocument([
                    { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: args.functionArn },
                ]),
            },
            child,
        );
        for (const [event, { expression, input }] of Object.entries(args.events)) {
            new aws.scheduler.Schedule(
                `${name}-${event}`,
                {
                    scheduleExpression: expression,
                    flexibleTimeWindow: { mode: "OFF" },
                    kmsKeyArn: args.environment.kmsKeyArn,
                    target: { arn: args.functionArn, roleArn: role.arn, input: JSON.stringify(input) },
                },
                child,
            );
        }
        this.registerOutputs();
    }
}
