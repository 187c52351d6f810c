import * as aws from "@pulumi/aws";
import { StackConfig } from "../config/schema";

/** The one provider of a stack: its account and its region, nothing else is touched. */
export function targetProvider(config: StackConfig): aws.Provider {
    return new aws.Provider("target", {
        region: config.region as aws.Region,
        allowedAccountIds: [config.account],
        ...(config.deployRoleArn
            ? { assumeRoles: [{ roleArn: config.deployRoleArn, sessionName: "syntheticsun" }] }
            : {}),
        defaultTags: { tags: { project: "syntheticsun", environment: config.environment } },
    });
}
