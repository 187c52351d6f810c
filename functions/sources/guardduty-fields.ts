import { Fields } from "../documents/write-fields";
import { at, columnOf, isoAt, listAt, numberAt, oneOrMany, textAt, texts, textsAt } from "./parsed-json";

/** Files in which malware was found. */
function filesOf(finding: unknown): readonly unknown[] {
    const threats = "service.ebsVolumeScanDetails.scanDetections.threatDetectedByName.threatNames";
    return listAt(finding, threats).flatMap((threat) => listAt(threat, "filePaths"));
}

/** Everybody that a finding names. */
export function usersOf(finding: unknown): { readonly ids: string[]; readonly names: string[] } {
    const kubernetes = "resource.kubernetesDetails.kubernetesUserDetails";
    return {
        ids: texts(at(finding, "resource.accessKeyDetails.principalId"), at(finding, `${kubernetes}.uid`)),
        names: texts(
            at(finding, "resource.accessKeyDetails.userName"),
            at(finding, `${kubernetes}.username`),
            at(finding, "resource.rdsDbUserDetails.user"),
        ),
    };
}

/** @returns the members of `event`, besides those that every document has */
export function eventOf(finding: unknown): Fields {
    const severity = numberAt(finding, "severity");
    return {
        kind: "alert",
        type: ["info"],
        action: textAt(finding, "service.action.actionType"),
        provider: textAt(finding, "service.action.awsApiCallAction.serviceName"),
        severity: severity === undefined ? undefined : Math.trunc(severity),
        created: isoAt(finding, "createdAt"),
        start: isoAt(finding, "service.eventFirstSeen"),
        end: isoAt(finding, "service.eventLastSeen"),
    };
}

/** @returns the fields of a GuardDuty finding, but for its endpoints */
export function fieldsOf(finding: unknown, accountId: string, region: string): Fields {
    const instance = at(finding, "resource.instanceDetails");
    const workload = at(finding, "resource.kubernetesDetails.kubernetesWorkloadDetails");
    const containers = listAt(finding, "resource.ecsClusterDetails.taskDetails.containers");
    const process = at(finding, "service.runtimeDetails.process");
    const files = filesOf(finding);
    const { ids, names } = usersOf(finding);
    const type = textAt(finding, "type");
    const ruleset = type === undefined ? null : /(\w+):\w+/.exec(type);
    return {
        message: textAt(finding, "description"),
        cloud: {
            provider: textAt(finding, "partition") ?? "aws",
            account: { id: textAt(finding, "accountId") ?? accountId },
            region: textAt(finding, "region") ?? region,
            service: { name: textAt(finding, "service.serviceName") },
            instance: { id: textAt(instance, "instanceId") },
            machine: { type: textAt(instance, "instanceType") },
        },
        host: {
            id: textAt(instance, "instanceId"),
            type: textAt(instance, "instanceType"),
            os: { platform: textAt(instance, "platform") },
        },
        container: {
            id: oneOrMany(columnOf(containers, "id")),
            name: oneOrMany(columnOf(containers, "name")),
            runtime: oneOrMany(columnOf(containers, "containerRuntime")),
            security_context: {
                privileged: booleanAt(finding, "resource.containerDetails.securityContext.privileged"),
            },
        },
        dns: { question: { name: textAt(finding, "service.action.dnsRequestAction.domain") } },
        file: {
            hash: { sha256: oneOrMany(columnOf(files, "hash")) },
            name: oneOrMany(columnOf(files, "fileName")),
            path: oneOrMany(columnOf(files, "filePath")),
        },
        network: networkOf(finding),
        orchestrator: {
            namespace: textAt(workload, "namespace"),
            resource: { name: textAt(workload, "name"), type: textAt(workload, "type") },
        },
        process: {
            executable: textAt(process, "executablePath"),
            hash: { sha256: textAt(process, "executableSha256") },
            name: textAt(process, "name"),
            pid: numberAt(process, "pid"),
            start: isoAt(process, "startTime"),
            working_directory: textAt(process, "pwd"),
        },
        rule: { name: type, category: ruleset?.[1], ruleset: ruleset?.[0] },
        user: {
            id: oneOrMany(ids),
            name: oneOrMany(names),
            roles: textsAt(finding, "resource.kubernetesDetails.kubernetesUserDetails.groups"),
        },
    };
}

function networkOf(finding: unknown): Fields {
    const action = at(finding, "service.action");
    const protocol =
        textAt(action, "networkConnectionAction.protocol") ?? textAt(action, "dnsRequestAction.protocol");
    return {
        direction: textAt(action, "networkConnectionAction.connectionDirection")?.toLowerCase(),
        transport: protocol?.toLowerCase(),
        iana_number: numberAt(finding, "service.runtimeDetails.context.ianaProtocolNumber")?.toString(),
    };
}

/** @returns members of `threat` */
export function threatOf(finding: unknown): Fields {
    const context = at(finding, "service.runtimeDetails.context");
    return {
        indicator: { file: { path: textAt(context, "threatFilePath") } },
        software: { name: textAt(context, "toolName") },
    };
}

/** @returns hashes of files that a finding names */
export function hashesOf(finding: unknown): string[] {
    return texts(
        ...columnOf(filesOf(finding), "hash"),
        at(finding, "service.runtimeDetails.process.executableSha256"),
    );
}

function booleanAt(value: unknown, path: string): boolean | undefined {
    const found = at(value, path);
    return typeof found === "boolean" ? found : undefined;
}
