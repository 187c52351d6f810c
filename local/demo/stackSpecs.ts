import { deployRoleArn, HUB, LocalAccount, ORGANIZATION_ID } from "../accounts";
import { PROJECT, StackSpec } from "../deploy";

const ENVIRONMENT = "demo";
const HUB_STACK = `hub-${ENVIRONMENT}`;

/** The hub's stack on the local cloud. */
export function hubSpec(mispUrl: string): StackSpec {
    return {
        name: HUB_STACK,
        settings: {
            ...common(HUB),
            role: "hub",
            misp: { url: mispUrl },
            search: { instanceCount: 2, instanceType: "t3.small.search", volumeGiB: 10 },
        },
    };
}

/** A spoke's stack on the local cloud. */
export function spokeSpec(account: LocalAccount, ipv4Sets: number, flowFormat?: string): StackSpec {
    return {
        name: `spoke-${ENVIRONMENT}-${account.id}-${account.region}`,
        settings: {
            ...common(account),
            role: "spoke",
            deployRoleArn: deployRoleArn(account.id),
            hubStack: `organization/${PROJECT}/${HUB_STACK}`,
            waf: { ipv4Sets },
            vpcFlow: flowFormat ? { format: flowFormat } : {},
        },
    };
}

function common(account: LocalAccount): Record<string, unknown> {
    return {
        environment: ENVIRONMENT,
        account: account.id,
        region: account.region,
        organizationId: ORGANIZATION_ID,
        logRetentionDays: 30,
        local: true,
    };
}
