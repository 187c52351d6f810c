import {
    CreateAccessKeyCommand,
    CreateRoleCommand,
    CreateUserCommand,
    DeleteAccessKeyCommand,
    EntityAlreadyExistsException,
    IAMClient,
    ListAccessKeysCommand,
    PutRolePolicyCommand,
    PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";

/** An account of the local organization. */
export interface LocalAccount {
    readonly id: string;
    readonly region: string;
}

/** Accounts of the local cloud: one hub, two spokes in two regions. */
export const HUB: LocalAccount = { id: "111111111111", region: "us-east-1" };
export const SPOKES: readonly LocalAccount[] = [
    { id: "222222222222", region: "us-east-1" },
    { id: "333333333333", region: "eu-west-1" },
];
/** Organization of all local accounts. */
export const ORGANIZATION_ID = "o-local00001";

const DEPLOYER = "syntheticsun-deployer";
const DEPLOY_ROLE = "syntheticsun-deploy";
const EVERYTHING = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
});

/** What a client of the local cloud is made with. */
export interface ClientConfig {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: AwsCredentialIdentity | AwsCredentialIdentityProvider;
    readonly forcePathStyle: true;
}

/**
 * Makes what an organization has before SyntheticSun: a user who deploys in the hub, and a role in each spoke that
 * trusts that user. Root keys are not used after this. May be repeated.
 * @returns the deployer's access key
 */
export async function seedAccounts(endpoint: string): Promise<AwsCredentialIdentity> {
    const deployerArn = `arn:aws:iam::${HUB.id}:user/${DEPLOYER}`;
    const hub = rootIam(endpoint, HUB.id);
    await unlessExists(hub.send(new CreateUserCommand({ UserName: DEPLOYER })));
    await hub.send(
        new PutUserPolicyCommand({ UserName: DEPLOYER, PolicyName: "deploy", PolicyDocument: EVERYTHING }),
    );
    for (const { id } of SPOKES) {
        const iam = rootIam(endpoint, id);
        const trust = {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { AWS: deployerArn }, Action: "sts:AssumeRole" }],
        };
        await unlessExists(
            iam.send(
                new CreateRoleCommand({
                    RoleName: DEPLOY_ROLE,
                    AssumeRolePolicyDocument: JSON.stringify(trust),
                    MaxSessionDuration: 43_200,
                }),
            ),
        );
        await iam.send(
            new PutRolePolicyCommand({
                RoleName: DEPLOY_ROLE,
                PolicyName: "deploy",
                PolicyDocument: EVERYTHING,
            }),
        );
    }
    const old = await hub.send(new ListAccessKeysCommand({ UserName: DEPLOYER }));
    for (const key of old.AccessKeyMetadata ?? []) {
        await hub.send(new DeleteAccessKeyCommand({ UserName: DEPLOYER, AccessKeyId: key.AccessKeyId }));
    }
    const { AccessKey } = await hub.send(new CreateAccessKeyCommand({ UserName: DEPLOYER }));
    return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}

/** Role that a spoke's stack is deployed with. */
export function deployRoleArn(accountId: string): string {
    return `arn:aws:iam::${accountId}:role/${DEPLOY_ROLE}`;
}

/** Clients' settings for an account: the deployer itself in the hub, the deploy role in a spoke. */
export function clientConfig(
    endpoint: string,
    deployer: AwsCredentialIdentity,
    account: LocalAccount,
): ClientConfig {
    const credentials =
        account.id === HUB.id
            ? deployer
            : fromTemporaryCredentials({
                  masterCredentials: deployer,
                  params: { RoleArn: deployRoleArn(account.id), RoleSessionName: "demo" },
                  clientConfig: { endpoint, region: account.region },
              });
    return { endpoint, region: account.region, credentials, forcePathStyle: true };
}

function rootIam(endpoint: string, accountId: string): IAMClient {
    // MiniStack takes a 12-digit access key id for that account's root, without a check.
    return new IAMClient({
        endpoint,
        region: HUB.region,
        credentials: { accessKeyId: accountId, secretAccessKey: "local" },
    });
}

async function unlessExists(call: Promise<unknown>): Promise<void> {
    try {
        await call;
    } catch (error) {
        if (!(error instanceof EntityAlreadyExistsException)) {
            throw error;
        }
    }
}
