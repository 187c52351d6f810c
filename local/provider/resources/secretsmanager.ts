import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Context } from "../context";
import { bool, list, must, num, orMissing, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-secrets-manager");

async function client(ctx: Context): Promise<{ sdk: Sdk; secrets: SecretsManagerClient }> {
    const sdk = await import("@aws-sdk/client-secrets-manager");
    return { sdk, secrets: ctx.client("secretsmanager", sdk.SecretsManagerClient) };
}

async function putPolicy(ctx: Context, SecretId: string, inputs: Props): Promise<void> {
    const { sdk, secrets } = await client(ctx);
    await secrets.send(
        new sdk.PutResourcePolicyCommand({
            SecretId,
            ResourcePolicy: must(inputs, "policy"),
            BlockPublicPolicy: bool(inputs, "blockPublicPolicy"),
        }),
    );
}

async function dropPolicy(ctx: Context, SecretId: string): Promise<void> {
    const { sdk, secrets } = await client(ctx);
    await orMissing(secrets.send(new sdk.DeleteResourcePolicyCommand({ SecretId })));
}

const secret: ResourceEntry = {
    type: "aws:secretsmanager/secret:Secret",
    properties: [
        "description",
        "forceOverwriteReplicaSecret",
        "kmsKeyId",
        "name",
        "namePrefix",
        "policy",
        "recoveryWindowInDays",
    ],
    declaredOnly: ["replicas", "type"],
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 512 },
    tagged: true,
    async create(ctx, inputs) {
        const { sdk, secrets } = await client(ctx);
        const made = await secrets.send(
            new sdk.CreateSecretCommand({
                Name: must(inputs, "name"),
                Description: str(inputs, "description"),
                KmsKeyId: str(inputs, "kmsKeyId"),
                Tags: tagList(inputs),
            }),
        );
        if (str(inputs, "policy")) {
            await putPolicy(ctx, made.ARN ?? "", inputs);
        }
        return { id: made.ARN ?? "", outs: { arn: made.ARN } };
    },
    async update(ctx, { id, olds, news, changed }) {
        const { sdk, secrets } = await client(ctx);
        if (changed.has("description") || changed.has("kmsKeyId")) {
            await secrets.send(
                new sdk.UpdateSecretCommand({
                    SecretId: id,
                    Description: str(news, "description") ?? "",
                    KmsKeyId: str(news, "kmsKeyId"),
                }),
            );
        }
        if (changed.has("policy")) {
            await (str(news, "policy") ? putPolicy(ctx, id, news) : dropPolicy(ctx, id));
        }
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await secrets.send(new sdk.TagResourceCommand({ SecretId: id, Tags: tagList({ tags: set }) }));
        }
        if (remove.length > 0) {
            await secrets.send(new sdk.UntagResourceCommand({ SecretId: id, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, secrets } = await client(ctx);
        const found = await orMissing(secrets.send(new sdk.DescribeSecretCommand({ SecretId: id })));
        return found && !found.DeletedDate ? { outs: { arn: found.ARN, name: found.Name } } : undefined;
    },
    async delete(ctx, id, state) {
        const { sdk, secrets } = await client(ctx);
        const days = num(state, "recoveryWindowInDays") ?? 30;
        await orMissing(
            secrets
                .send(
                    new sdk.DeleteSecretCommand({
                        SecretId: id,
                        ...(days > 0 ? { RecoveryWindowInDays: days } : { ForceDeleteWithoutRecovery: true }),
                    }),
                )
                .catch((error: Error) => {
                    if (!/marked for deletion|already scheduled/i.test(error.message)) {
                        throw error;
                    }
                }),
        );
    },
};

const secretPolicy: ResourceEntry = {
    type: "aws:secretsmanager/secretPolicy:SecretPolicy",
    properties: ["blockPublicPolicy", "policy", "secretArn"],
    replaceOn: ["secretArn"],
    async create(ctx, inputs) {
        await putPolicy(ctx, must(inputs, "secretArn"), inputs);
        return { id: must(inputs, "secretArn"), outs: {} };
    },
    update: (ctx, { id, news }) => putPolicy(ctx, id, news),
    async read(ctx, id) {
        const { sdk, secrets } = await client(ctx);
        const found = await orMissing(secrets.send(new sdk.GetResourcePolicyCommand({ SecretId: id })));
        return found?.ResourcePolicy ? { outs: { secretArn: id } } : undefined;
    },
    delete: (ctx, id) => dropPolicy(ctx, id),
};

const secretVersion: ResourceEntry = {
    type: "aws:secretsmanager/secretVersion:SecretVersion",
    properties: ["secretBinary", "secretId", "secretString", "versionStages"],
    replaceOn: ["secretBinary", "secretId", "secretString"],
    async create(ctx, inputs) {
        const { sdk, secrets } = await client(ctx);
        const stages = list<string>(inputs, "versionStages");
        const made = await secrets.send(
            new sdk.PutSecretValueCommand({
                SecretId: must(inputs, "secretId"),
                SecretString: str(inputs, "secretString"),
                SecretBinary: inputs.secretBinary
                    ? Buffer.from(must(inputs, "secretBinary"), "base64")
                    : undefined,
                VersionStages: stages.length > 0 ? stages : undefined,
            }),
        );
        return { id: `${made.ARN}|${made.VersionId}`, outs: { arn: made.ARN, versionId: made.VersionId } };
    },
    async read(ctx, id) {
        const { sdk, secrets } = await client(ctx);
        const [SecretId, VersionId] = id.split("|");
        const found = await orMissing(secrets.send(new sdk.GetSecretValueCommand({ SecretId, VersionId })));
        return found && { outs: { arn: found.ARN, versionId: found.VersionId } };
    },
    // A version goes when another takes its place, or with the secret.
    async delete() {},
};

export const secretsmanager: readonly ResourceEntry[] = [secret, secretPolicy, secretVersion];
