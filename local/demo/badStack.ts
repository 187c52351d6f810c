import * as aws from "@pulumi/aws";
import { HUB } from "../accounts";
import { StackSpec } from "../deploy";

/** A stack that breaks the rules on purpose: the policy pack must refuse it before anything exists. */
export const badStack: StackSpec = {
    name: "bad-on-purpose",
    settings: {},
    program: async () => {
        const provider = new aws.Provider("target", { region: HUB.region, allowedAccountIds: [HUB.id] });
        const opts = { provider };
        const role = new aws.iam.Role("anything-goes", { assumeRolePolicy: "{}" }, opts);
        new aws.iam.RolePolicy(
            "anything-goes",
            {
                role: role.id,
                policy: JSON.stringify({
                    Version: "2012-10-17",
                    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
                }),
            },
            opts,
        );
        new aws.cloudwatch.LogGroup("for-ever", {}, opts);
        new aws.ec2.SecurityGroup(
            "open",
            { ingress: [{ protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] }] },
            opts,
        );
    },
};
