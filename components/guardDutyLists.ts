import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { GuardDutySettings } from "../functions/enforcement/settings";
import { Environment } from "./environment";
import { listFileStatements } from "./listFiles";
import { componentType, serviceRole, Statement } from "./naming";
import { Placed } from "./placed";
import { PrivateBucket } from "./privateBucket";

export interface GuardDutyListsArgs {
    readonly environment: Environment;
    readonly bucket: PrivateBucket;
    readonly detectorId: string;
    /** Sets of 250,000 addresses each. */
    readonly threatIntelSets: number;
    /** A set with domains and addresses, too. */
    readonly threatEntitySet: boolean;
    /** Entities of that set. */
    readonly entityLimit: number;
}

/** A set cannot be empty: this address of a documentation range never talks to anybody (RFC 5737). */
const NOBODY = "192.0.2.1\n";
const PREFIX = "guardduty/";

/** Threat lists of a GuardDuty detector: it raises findings about whoever talks to what is on them. */
export class GuardDutyLists extends pulumi.ComponentResource implements Placed {
    readonly settings: pulumi.Output<GuardDutySettings>;
    readonly statements: readonly Statement[];

    /** @param name The _unique_ name of the lists. */
    constructor(name: string, args: GuardDutyListsArgs, opts?: pulumi.ComponentResourceOptions) {
        super(componentType("enforcement", "GuardDutyLists"), name, {}, opts);
        const child = { parent: this };
        const { bucket, detectorId, environment } = args;
        const first = new aws.s3.BucketObjectv2(
            name,
            { bucket: bucket.name, key: `${PREFIX}nobody.txt`, content: NOBODY, contentType: "text/plain" },
            child,
        );
        const location = pulumi.interpolate`s3://${bucket.name}/${first.key}`;
        // From then on the function says where the list is.
        const filled = { ...child, ignoreChanges: ["location", "activate"] };
        const intel = Array.from(
            { length: args.threatIntelSets },
            (_, index) =>
                new aws.guardduty.ThreatIntelSet(
                    `${name}-${index}`,
                    { detectorId, format: "TXT", location, activate: true },
                    filled,
                ),
        );
        // The provider has no resource of its own for it.
        const entities = args.threatEntitySet
            ? [
                  new aws.cloudcontrol.Resource(
                      `${name}-entities`,
                      {
                          typeName: "AWS::GuardDuty::ThreatEntitySet",
                          desiredState: pulumi.jsonStringify({
                              DetectorId: detectorId,
                              Name: `${name}-entities`,
                              Format: "TXT",
                              Location: location,
                              Activate: true,
                          }),
                      },
                      { ...child, ignoreChanges: ["desiredState"] },
                  ),
              ]
            : [];
        const intelIds = intel.map(({ threatIntelSetId }) => threatIntelSetId);
        const entityIds = entities.map(({ properties }) =>
            properties.apply((text) => (JSON.parse(text) as { Id: string }).Id),
        );
        this.settings = pulumi
            .all([bucket.name, pulumi.all(intelIds), pulumi.all(entityIds)])
            .apply(([bucketName, threatIntelSets, threatEntitySets]): GuardDutySettings => ({
                place: "guardduty",
                detectorId,
                bucket: bucketName,
                threatIntelSets,
                threatEntitySets,
                entityLimit: args.entityLimit,
            }));
        const detector = `arn:aws:guardduty:${environment.region}:${environment.accountId}:detector/${detectorId}`;
        this.statements = [
            ...listFileStatements(environment, bucket, PREFIX),
            {
                Effect: "Allow",
                Action: ["guardduty:GetThreatIntelSet", "guardduty:UpdateThreatIntelSet"],
                Resource: intelIds.map((id) => pulumi.interpolate`${detector}/threatintelset/${id}`),
            },
            ...(entityIds.length > 0
                ? [
                      {
                          Effect: "Allow" as const,
                          Action: ["guardduty:GetThreatEntitySet", "guardduty:UpdateThreatEntitySet"],
                          Resource: entityIds.map(
                              (id) => pulumi.interpolate`${detector}/threatentityset/${id}`,
                          ),
                      },
                  ]
                : []),
            {
                // GuardDuty lets its own role read a list on behalf of whoever names it (GuardDuty user guide, lists).
                Effect: "Allow",
                Action: ["iam:PutRolePolicy", "iam:DeleteRolePolicy"],
                Resource: serviceRole(environment.accountId, "guardduty", "AmazonGuardDuty"),
            },
        ].filter(({ Resource }) => !Array.isArray(Resource) || Resource.length > 0) as Statement[];
        this.registerOutputs();
    }
}
