import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { Environment } from "./environment";
import { HubReference } from "./hubReference";

/** A resource as the engine would get it. */
export interface Made {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
}

export interface DocumentStatement {
    readonly Sid?: string;
    readonly Effect: string;
    readonly Principal?: unknown;
    readonly Action: string | readonly string[];
    readonly Resource?: string | readonly string[];
    readonly Condition?: Readonly<Record<string, unknown>>;
}

/** What a program made, without an engine. */
export class Deployment {
    constructor(readonly made: readonly Made[]) {}

    /** Names of the resources of a type such as `aws:s3/bucket:Bucket`, in order. */
    names(type: string): string[] {
        return this.made
            .filter((resource) => resource.type === type)
            .map(({ name }) => name)
            .sort();
    }

    /** Inputs of the one resource of a type and name. */
    inputs<T = Record<string, unknown>>(type: string, name: string): T {
        const found = this.made.filter((resource) => resource.type === type && resource.name === name);
        assert.equal(found.length, 1, `${found.length} of ${type} ${name}: ${this.names(type).join(", ")}`);
        return found[0].inputs as T;
    }

    /** Statements of the policy document that a resource has. */
    statements(type: string, name: string): DocumentStatement[] {
        const { policy } = this.inputs<{ policy: string }>(type, name);
        return (JSON.parse(policy) as { Statement: DocumentStatement[] }).Statement;
    }
}

/** Runs a program with stand-ins for all resources: ids are names, ARNs end in names. */
export async function deploy(
    program: () => void,
    stackOutputs: Readonly<Record<string, string>> = {},
): Promise<Deployment> {
    const made: Made[] = [];
    await pulumi.runtime.setMocks({
        newResource: ({ type, name, inputs }) => {
            made.push({ type, name, inputs: inputs as Record<string, unknown> });
            const state = {
                ...inputs,
                name: inputs.name ?? name,
                arn: arnOf(type, name),
                url: `https://queue/${name}`,
                ...(type === "pulumi:pulumi:StackReference" ? { outputs: stackOutputs } : {}),
                ...(type === "aws:cloudcontrol/resource:Resource" ? { properties: '{"Id":"set"}' } : {}),
                ...(type === "aws:guardduty/threatIntelSet:ThreatIntelSet" ? { threatIntelSetId: name } : {}),
            };
            return { id: name, state };
        },
        call: ({ token }) => {
            throw new Error(`${token} is not expected`);
        },
    });
    program();
    // Waits for every resource that is being made.
    await pulumi.runtime.disconnect();
    return new Deployment(made);
}

function arnOf(type: string, name: string): string {
    const service = /^aws:(\w+)\//.exec(type)?.[1] ?? "x";
    return service === "s3" ? `arn:aws:s3:::${name}` : `arn:aws:${service}:eu-west-1:222222222222:${name}`;
}

export const ENVIRONMENT: Environment = {
    accountId: "222222222222",
    region: "eu-west-1",
    organizationId: "o-test000001",
    logRetentionDays: 30,
    kmsKeyArn: "arn:aws:kms:eu-west-1:222222222222:key/spoke",
    disposable: false,
};

export const HUB: HubReference = {
    region: "us-east-1",
    kmsKeyArn: "arn:aws:kms:us-east-1:111111111111:key/hub",
    lakeBucketName: "lake",
    lakeBucketArn: "arn:aws:s3:::lake",
    snapshotBucketName: "snapshots",
    snapshotBucketArn: "arn:aws:s3:::snapshots",
    publishedTopicArn: "arn:aws:sns:us-east-1:111111111111:published",
};
