import * as pulumi from "@pulumi/pulumi";

/** Type token of a component: `syntheticsun:<module>:<Class>`. */
export function componentType(module: string, className: string): string {
    return `syntheticsun:${module}:${className}`;
}

/** One statement of an IAM document, with outputs where ARNs stand. */
export interface Statement {
    readonly Sid?: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal?: pulumi.Input<Record<string, unknown> | "*">;
    readonly Action: string | readonly string[];
    /** Left out in a role's trust policy only. */
    readonly Resource?: pulumi.Input<pulumi.Input<string>[] | string>;
    readonly Condition?: pulumi.Input<Record<string, unknown>>;
}

/** ARN of a role that a service of AWS has made for itself in an account. */
export function serviceRole(accountId: string, service: string, name: string): string {
    return `arn:aws:iam::${accountId}:role/aws-service-role/${service}.amazonaws.com/AWSServiceRoleFor${name}`;
}

/** The JSON text of an IAM document. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
    return pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements as Statement[] });
}

/** Admits a service of AWS to a resource, only on behalf of this account. */
export function serviceStatement(
    service: string,
    accountId: string,
    action: string | readonly string[],
    resource: pulumi.Input<string>,
    condition: Record<string, unknown> = {},
): Statement {
    return {
        Effect: "Allow",
        Principal: { Service: service },
        Action: action,
        Resource: resource,
        Condition: { StringEquals: { "aws:SourceAccount": accountId }, ...condition },
    };
}
