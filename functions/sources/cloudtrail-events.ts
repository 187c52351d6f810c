import { Members, members } from "../documents/writer";

/** What `event` says of a call, by how it ended. */
export interface CallMembers {
    readonly success: Members;
    readonly failure: Members;
}

type Category =
    | "api"
    | "authentication"
    | "configuration"
    | "database"
    | "file"
    | "host"
    | "iam"
    | "network"
    | "package"
    | "process"
    | "session";

/**
 * ECS category and types of the calls that Elastic's integration categorizes (their `type` of DeleteObject, "delete",
 * is none of ECS). Every other call has the type "info" and no category.
 */
const CALLS: readonly (readonly [Category, readonly string[], string])[] = [
    ["api", [], "Converse Publish"],
    ["api", ["info"], "DescribeRegions"],
    ["authentication", ["info"], "AssumeRole ConsoleLogin GetCallerIdentity"],
    ["configuration", ["change"], "Subscribe"],
    ["configuration", ["creation"], "CreateTopic"],
    ["configuration", ["deletion"], "DeleteTrail"],
    ["configuration", ["info"], "DescribeTrails"],
    ["database", ["info"], "DescribeDBInstances ListTables"],
    ["file", ["change"], "PutObject"],
    ["file", ["creation"], "CreateBucket CreateDocument"],
    ["file", ["deletion"], "DeleteBucket DeleteObject"],
    ["file", ["info"], "GetObject HeadObject ListBuckets ListObjects"],
    ["host", ["info"], "DescribeInstances DescribeVolumes ListInstanceAssociations"],
    ["iam", ["admin", "change"], "SetDefaultPolicyVersion SetSecurityTokenServicePreferences"],
    ["iam", ["admin", "change"], "UpdateAccountPasswordPolicy UpdateRole"],
    ["iam", ["admin", "creation"], "CreateKeyPair"],
    ["iam", ["change"], "AttachRolePolicy"],
    ["iam", ["creation"], "CreatePolicy"],
    ["iam", ["group", "change"], "AddUserToGroup AttachGroupPolicy DeleteGroupPolicy DetachGroupPolicy"],
    ["iam", ["group", "change"], "PutGroupPolicy RemoveUserFromGroup UpdateGroup"],
    ["iam", ["group", "creation"], "CreateGroup"],
    ["iam", ["group", "deletion"], "DeleteGroup"],
    [
        "iam",
        ["group", "info"],
        "GetGroup GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies ListGroups",
    ],
    ["iam", ["info"], "GetPolicy ListAttachedRolePolicies ListRoles"],
    ["iam", ["user", "change"], "AttachUserPolicy ChangePassword CreateAccessKey CreateVirtualMFADevice"],
    ["iam", ["user", "change"], "DeactivateMFADevice DeleteAccessKey DeleteSSHPublicKey DeleteUserPolicy"],
    ["iam", ["user", "change"], "DeleteUserPermissionsBoundary DeleteVirtualMFADevice DetachUserPolicy"],
    ["iam", ["user", "change"], "EnableMFADevice PutUserPermissionsBoundary PutUserPolicy TagUser UntagUser"],
    ["iam", ["user", "change"], "UpdateAccessKey UpdateLoginProfile UpdateSSHPublicKey UpdateUser"],
    ["iam", ["user", "creation"], "CreateUser"],
    ["iam", ["user", "deletion"], "DeleteUser"],
    ["iam", ["user", "info"], "GetUser GetUserPolicy ListAttachedUserPolicies ListGroupsForUser"],
    ["iam", ["user", "info"], "ListUserPolicies ListUserTags ListUsers"],
    ["network", ["access"], "AuthorizeSecurityGroupIngress"],
    ["network", ["info"], "DescribeLoadBalancers DescribeNetworkAcls DescribeNetworkInterfaces"],
    ["network", ["info"], "DescribeSecurityGroups DescribeVpcs"],
    ["package", ["info"], "ListFunctions"],
    ["process", [], "SendCommand"],
    ["session", ["end"], "TerminateSession"],
    ["session", ["start"], "CreateControlChannel CreateDataChannel OpenControlChannel OpenDataChannel"],
    ["session", ["start"], "StartSession"],
];

function callMembers(category: Category | undefined, type: readonly string[]): CallMembers {
    const common = {
        kind: "event",
        category: category && [category],
        type: type.length === 0 ? undefined : type,
    };
    return {
        success: members({ ...common, outcome: "success" }),
        failure: members({ ...common, outcome: "failure" }),
    };
}

const OTHER = callMembers(undefined, ["info"]);

const BY_NAME = new Map(
    CALLS.flatMap(([category, type, names]) => {
        const call = callMembers(category, type);
        return names.split(" ").map((name) => [name, call] as const);
    }),
);

/** @param name of the API call, or undefined */
export function callOf(name: string | undefined): CallMembers {
    return (name === undefined ? undefined : BY_NAME.get(name)) ?? OTHER;
}
