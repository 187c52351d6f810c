import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { InlineFunction } from "./inlineFunction";
import { EventsWay } from "./logKinds";
import { componentType, policyDocument } from "./naming";

export interface FindingsRuleArgs {
    readonly way: EventsWay;
    readonly consumer: InlineFunction;
}

/** Findings of a security service on the account's event bus, each handed to a function. */
export class FindingsRule extends pulumi.ComponentResource {
    /** @param name The _unique_ name of the rule. */
    constructor(name: string, args: FindingsRuleArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("logs", "FindingsRule"), name, {}, opts);
        const child = { parent: this };
        const { way, consumer } = args;
        const rule = new aws.cloudwatch.EventRule(
            name,
            {
                description: `${way.detailType} to SyntheticSun`,
                eventPattern: JSON.stringify({ source: [way.source], "detail-type": [way.detailType] }),
            },
            child,
        );
        const permission = new aws.lambda.Permission(
            name,
            {
                action: "lambda:InvokeFunction",
                function: consumer.function.name,
                principal: "events.amazonaws.com",
                sourceArn: rule.arn,
            },
            child,
        );
        const queuePolicy = new aws.sqs.QueuePolicy(
            name,
            {
                queueUrl: consumer.deadLetters.url,
                policy: policyDocument([
                    {
                        Effect: "Allow",
                        Principal: { Service: "events.amazonaws.com" },
                        Action: "sqs:SendMessage",
                        Resource: consumer.deadLetters.arn,
                        Condition: { ArnEquals: { "aws:SourceArn": rule.arn } },
                    },
                ]),
            },
            child,
        );
        new aws.cloudwatch.EventTarget(
            name,
            {
                rule: rule.name,
                arn: consumer.function.arn,
                retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
                deadLetterConfig: { arn: consumer.deadLetters.arn },
            },
            { ...child, dependsOn: [permission, queuePolicy] },
        );
        this.registerOutputs();
    }
}
