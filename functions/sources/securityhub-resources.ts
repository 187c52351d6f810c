import { Fields } from "../documents/write-fields";
import { at, columnOf, listAt, oneOrMany, textAt, texts, textsAt } from "./parsed-json";

/** Part of an ARN that names the service. */
const ARN_SERVICE = 2;

/** A resource's own details, which stand under its type. */
function detailsOf(resource: unknown): unknown {
    return at(at(resource, "Details"), textAt(resource, "Type") ?? "");
}

/** @returns what `pick` finds in the details of the resources of these types */
function detailsWhere(
    resources: readonly unknown[],
    types: readonly string[],
    pick: (details: unknown) => readonly unknown[],
): string[] {
    const chosen = resources.filter((resource) => types.includes(textAt(resource, "Type") ?? ""));
    return texts(...chosen.flatMap((resource) => pick(detailsOf(resource))));
}

/** @returns a resource's name, else the last part of its ARN */
function nameOf(resource: unknown): string | undefined {
    return textAt(detailsOf(resource), "Name") ?? textAt(resource, "Id")?.split(":").pop();
}

function namesOf(resources: readonly unknown[]): string[] {
    return texts(...resources.map(nameOf));
}

function zonesOf(resources: readonly unknown[]): string[] {
    return texts(
        ...detailsWhere(
            resources,
            ["AwsEc2Subnet", "AwsRedshiftCluster", "AwsDmsReplicationInstance"],
            (it) => [at(it, "AvailabilityZone")],
        ),
        ...detailsWhere(
            resources,
            ["AwsEc2VpcEndpointService", "AwsElbLoadBalancer", "AwsRdsDbCluster"],
            (it) => textsAt(it, "AvailabilityZones"),
        ),
        ...detailsWhere(resources, ["AwsAutoScalingAutoScalingGroup"], (it) =>
            columnOf(listAt(it, "AvailabilityZones"), "Value"),
        ),
        ...detailsWhere(resources, ["AwsEc2LaunchTemplate"], (it) => [
            at(it, "LaunchTemplateData.Placement.AvailabilityZone"),
        ]),
        ...detailsWhere(resources, ["AwsElbv2LoadBalancer"], (it) =>
            columnOf(listAt(it, "AvailabilityZones"), "ZoneName"),
        ),
    );
}

/** Users whom the resources of a finding are or belong to. */
export function resourceUsers(resources: readonly unknown[]): {
    readonly ids: string[];
    readonly names: string[];
} {
    const where = (type: string, name: string) => detailsWhere(resources, [type], (it) => [at(it, name)]);
    return {
        ids: texts(...where("AwsIamUser", "UserId"), ...where("AwsS3Bucket", "OwnerId")),
        names: texts(
            ...where("AwsIamUser", "UserName"),
            ...where("AwsIamAccessKey", "UserName"),
            ...where("AwsS3Bucket", "OwnerName"),
        ),
    };
}

/** @returns the fields that tell of the resources of a finding, of which there rarely is more than one */
export function resourceFields(resources: readonly unknown[]): Fields {
    const instances = resources.filter((resource) => textAt(resource, "Type") === "AwsEc2Instance");
    const managed = resources.filter((resource) => /^AwsE[ck]s/.test(textAt(resource, "Type") ?? ""));
    const { ids, names } = resourceUsers(resources);
    const where = (type: string, name: string) => detailsWhere(resources, [type], (it) => [at(it, name)]);
    return {
        resource: {
            id: oneOrMany(columnOf(resources, "Id")),
            name: oneOrMany(namesOf(resources)),
            type: oneOrMany(columnOf(resources, "Type")),
        },
        user: { id: oneOrMany(ids), name: oneOrMany(names) },
        host: {
            id: oneOrMany(columnOf(instances, "Id")),
            name: oneOrMany(where("AwsEcsContainer", "Name")),
            ip: detailsWhere(instances, ["AwsEc2Instance"], (it) => [
                ...textsAt(it, "IpV4Addresses"),
                ...textsAt(it, "IpV6Addresses"),
            ]),
        },
        orchestrator: {
            type: oneOrMany(texts(...managed.map(orchestratorOf))),
            cluster: {
                id: oneOrMany(
                    texts(...where("AwsEcsCluster", "ClusterArn"), ...where("AwsEksCluster", "Arn")),
                ),
                name: oneOrMany(
                    texts(...where("AwsEcsCluster", "ClusterName"), ...where("AwsEksCluster", "Name")),
                ),
                version: oneOrMany(where("AwsEksCluster", "Version")),
                url: oneOrMany(where("AwsEksCluster", "Endpoint")),
            },
            resource: {
                id: oneOrMany(columnOf(managed, "Id")),
                name: oneOrMany(namesOf(managed)),
                type: oneOrMany(columnOf(managed, "Type")),
            },
        },
    };
}

/** @returns the members of `cloud` that tell of the resources */
export function resourceCloud(resources: readonly unknown[]): Fields {
    const instances = resources.filter((resource) => textAt(resource, "Type") === "AwsEc2Instance");
    const services = resources.map((resource) => textAt(resource, "Id")?.split(":")[ARN_SERVICE]);
    return {
        instance: { id: oneOrMany(columnOf(instances, "Id")), name: oneOrMany(namesOf(instances)) },
        service: { name: oneOrMany(texts(...services)) },
        availability_zone: oneOrMany(zonesOf(resources)),
    };
}

function orchestratorOf(resource: unknown): string {
    return textAt(resource, "Type")?.startsWith("AwsEks") ? "kubernetes" : "ecs";
}
