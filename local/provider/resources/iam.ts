import type { IAMClient } from "@aws-sdk/client-iam";
import type { Context } from "../context";
import { list, must, num, orMissing, str, tagChanges, tagList, type Props } from "../properties";
import type { ResourceEntry } from "../resource";

type Sdk = typeof import("@aws-sdk/client-iam");

async function client(ctx: Context): Promise<{ sdk: Sdk; iam: IAMClient }> {
    const sdk = await import("@aws-sdk/client-iam");
    return { sdk, iam: ctx.client("iam", sdk.IAMClient) };
}

/** Roles are named in some programs by ARN or path. */
const roleName = (inputs: Props): string => must(inputs, "role").split("/").pop() as string;

async function syncInline(ctx: Context, role: string, olds: Props, news: Props): Promise<void> {
    const { sdk, iam } = await client(ctx);
    const wanted = list<Props>(news, "inlinePolicies").filter((policy) => policy.name);
    for (const policy of wanted) {
        await iam.send(
            new sdk.PutRolePolicyCommand({
                RoleName: role,
                PolicyName: must(policy, "name"),
                PolicyDocument: must(policy, "policy"),
            }),
        );
    }
    for (const { name } of list<Props>(olds, "inlinePolicies")) {
        if (name && !wanted.some((policy) => policy.name === name)) {
            await orMissing(
                iam.send(new sdk.DeleteRolePolicyCommand({ RoleName: role, PolicyName: String(name) })),
            );
        }
    }
}

async function syncManaged(ctx: Context, role: string, olds: Props, news: Props): Promise<void> {
    const { sdk, iam } = await client(ctx);
    const [before, after] = [olds, news].map((props) => list<string>(props, "managedPolicyArns"));
    for (const PolicyArn of after.filter((arn) => !before.includes(arn))) {
        await iam.send(new sdk.AttachRolePolicyCommand({ RoleName: role, PolicyArn }));
    }
    for (const PolicyArn of before.filter((arn) => !after.includes(arn))) {
        await orMissing(iam.send(new sdk.DetachRolePolicyCommand({ RoleName: role, PolicyArn })));
    }
}

const roleOuts = (
    role: { Arn?: string; RoleId?: string; CreateDate?: Date; RoleName?: string } = {},
): Props => ({
    arn: role.Arn,
    uniqueId: role.RoleId,
    name: role.RoleName,
    createDate: role.CreateDate?.toISOString(),
});

const role: ResourceEntry = {
    type: "aws:iam/role:Role",
    properties: [
        "assumeRolePolicy",
        "description",
        "forceDetachPolicies",
        "inlinePolicies",
        "managedPolicyArns",
        "maxSessionDuration",
        "name",
        "namePrefix",
        "path",
        "permissionsBoundary",
    ],
    replaceOn: ["name", "namePrefix", "path"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 64 },
    tagged: true,
    global: true,
    async create(ctx, inputs) {
        const { sdk, iam } = await client(ctx);
        const name = must(inputs, "name");
        const made = await iam.send(
            new sdk.CreateRoleCommand({
                RoleName: name,
                AssumeRolePolicyDocument: must(inputs, "assumeRolePolicy"),
                Description: str(inputs, "description"),
                MaxSessionDuration: num(inputs, "maxSessionDuration"),
                Path: str(inputs, "path"),
                PermissionsBoundary: str(inputs, "permissionsBoundary"),
                Tags: tagList(inputs),
            }),
        );
        await syncInline(ctx, name, {}, inputs);
        await syncManaged(ctx, name, {}, inputs);
        return { id: name, outs: roleOuts(made.Role) };
    },
    async update(ctx, { id, olds, oldInputs, news, changed }) {
        const { sdk, iam } = await client(ctx);
        if (changed.has("assumeRolePolicy")) {
            await iam.send(
                new sdk.UpdateAssumeRolePolicyCommand({
                    RoleName: id,
                    PolicyDocument: must(news, "assumeRolePolicy"),
                }),
            );
        }
        if (changed.has("description") || changed.has("maxSessionDuration")) {
            await iam.send(
                new sdk.UpdateRoleCommand({
                    RoleName: id,
                    Description: str(news, "description") ?? "",
                    MaxSessionDuration: num(news, "maxSessionDuration") ?? 3600,
                }),
            );
        }
        if (changed.has("permissionsBoundary")) {
            const boundary = str(news, "permissionsBoundary");
            await (boundary
                ? iam.send(
                      new sdk.PutRolePermissionsBoundaryCommand({
                          RoleName: id,
                          PermissionsBoundary: boundary,
                      }),
                  )
                : iam.send(new sdk.DeleteRolePermissionsBoundaryCommand({ RoleName: id })));
        }
        await syncInline(ctx, id, oldInputs, news);
        await syncManaged(ctx, id, oldInputs, news);
        const { set, remove } = tagChanges(olds, news);
        if (Object.keys(set).length > 0) {
            await iam.send(new sdk.TagRoleCommand({ RoleName: id, Tags: tagList({ tags: set }) }));
        }
        if (remove.length > 0) {
            await iam.send(new sdk.UntagRoleCommand({ RoleName: id, TagKeys: remove }));
        }
    },
    async read(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const found = await orMissing(iam.send(new sdk.GetRoleCommand({ RoleName: id })));
        return found && { outs: roleOuts(found.Role) };
    },
    async delete(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const inline = await orMissing(iam.send(new sdk.ListRolePoliciesCommand({ RoleName: id })));
        for (const PolicyName of inline?.PolicyNames ?? []) {
            await orMissing(iam.send(new sdk.DeleteRolePolicyCommand({ RoleName: id, PolicyName })));
        }
        const attached = await orMissing(iam.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName: id })));
        for (const { PolicyArn } of attached?.AttachedPolicies ?? []) {
            await orMissing(iam.send(new sdk.DetachRolePolicyCommand({ RoleName: id, PolicyArn })));
        }
        await orMissing(iam.send(new sdk.DeleteRoleCommand({ RoleName: id })));
    },
};

const rolePolicy: ResourceEntry = {
    type: "aws:iam/rolePolicy:RolePolicy",
    properties: ["name", "namePrefix", "policy", "role"],
    replaceOn: ["name", "namePrefix", "role"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
    global: true,
    async create(ctx, inputs) {
        const { sdk, iam } = await client(ctx);
        await iam.send(
            new sdk.PutRolePolicyCommand({
                RoleName: roleName(inputs),
                PolicyName: must(inputs, "name"),
                PolicyDocument: must(inputs, "policy"),
            }),
        );
        return { id: `${roleName(inputs)}:${must(inputs, "name")}`, outs: {} };
    },
    async update(ctx, { news }) {
        const { sdk, iam } = await client(ctx);
        await iam.send(
            new sdk.PutRolePolicyCommand({
                RoleName: roleName(news),
                PolicyName: must(news, "name"),
                PolicyDocument: must(news, "policy"),
            }),
        );
    },
    async read(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const [RoleName, PolicyName] = id.split(":");
        const found = await orMissing(iam.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName })));
        return found && { outs: { role: RoleName, name: PolicyName } };
    },
    async delete(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const [RoleName, PolicyName] = id.split(":");
        await orMissing(iam.send(new sdk.DeleteRolePolicyCommand({ RoleName, PolicyName })));
    },
};

const rolePolicyAttachment: ResourceEntry = {
    type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    properties: ["policyArn", "role"],
    replaceOn: ["policyArn", "role"],
    global: true,
    async create(ctx, inputs) {
        const { sdk, iam } = await client(ctx);
        const PolicyArn = must(inputs, "policyArn");
        await iam.send(new sdk.AttachRolePolicyCommand({ RoleName: roleName(inputs), PolicyArn }));
        return { id: `${roleName(inputs)}/${PolicyArn}`, outs: {} };
    },
    async read(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const [RoleName, ...rest] = id.split("/");
        const found = await orMissing(iam.send(new sdk.ListAttachedRolePoliciesCommand({ RoleName })));
        const arn = rest.join("/");
        return found?.AttachedPolicies?.some((policy) => policy.PolicyArn === arn)
            ? { outs: { role: RoleName, policyArn: arn } }
            : undefined;
    },
    async delete(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const [RoleName, ...rest] = id.split("/");
        await orMissing(iam.send(new sdk.DetachRolePolicyCommand({ RoleName, PolicyArn: rest.join("/") })));
    },
};

const policy: ResourceEntry = {
    type: "aws:iam/policy:Policy",
    properties: ["description", "name", "namePrefix", "path", "policy", "delayAfterPolicyCreationInMs"],
    replaceOn: ["description", "name", "namePrefix", "path"],
    autoName: { property: "name", prefixProperty: "namePrefix", maxLength: 128 },
    tagged: true,
    global: true,
    async create(ctx, inputs) {
        const { sdk, iam } = await client(ctx);
        const made = await iam.send(
            new sdk.CreatePolicyCommand({
                PolicyName: must(inputs, "name"),
                PolicyDocument: must(inputs, "policy"),
                Path: str(inputs, "path"),
                Description: str(inputs, "description"),
                Tags: tagList(inputs),
            }),
        );
        return {
            id: made.Policy?.Arn ?? "",
            outs: { arn: made.Policy?.Arn, policyId: made.Policy?.PolicyId },
        };
    },
    async update(ctx, { id, news, changed }) {
        const { sdk, iam } = await client(ctx);
        if (changed.has("policy")) {
            await dropOldVersions(ctx, id);
            await iam.send(
                new sdk.CreatePolicyVersionCommand({
                    PolicyArn: id,
                    PolicyDocument: must(news, "policy"),
                    SetAsDefault: true,
                }),
            );
        }
        if (changed.has("tags") && tagList(news)) {
            await iam.send(new sdk.TagPolicyCommand({ PolicyArn: id, Tags: tagList(news) }));
        }
    },
    async read(ctx, id) {
        const { sdk, iam } = await client(ctx);
        const found = await orMissing(iam.send(new sdk.GetPolicyCommand({ PolicyArn: id })));
        return (
            found && { outs: { arn: id, policyId: found.Policy?.PolicyId, name: found.Policy?.PolicyName } }
        );
    },
    async delete(ctx, id) {
        const { sdk, iam } = await client(ctx);
        await orMissing(dropOldVersions(ctx, id));
        await orMissing(iam.send(new sdk.DeletePolicyCommand({ PolicyArn: id })));
    },
};

async function dropOldVersions(ctx: Context, PolicyArn: string): Promise<void> {
    const { sdk, iam } = await client(ctx);
    const versions = await iam.send(new sdk.ListPolicyVersionsCommand({ PolicyArn }));
    for (const { VersionId, IsDefaultVersion } of versions.Versions ?? []) {
        if (!IsDefaultVersion) {
            await iam.send(new sdk.DeletePolicyVersionCommand({ PolicyArn, VersionId }));
        }
    }
}

export const iam: readonly ResourceEntry[] = [role, rolePolicy, rolePolicyAttachment, policy];
