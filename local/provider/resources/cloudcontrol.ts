import type { GetThreatEntitySetResponse } from "@aws-sdk/client-guardduty";
import { must, pick, type Props } from "../properties";
import type { ResourceEntry } from "../resource";
import type { Context } from "../context";
import { guardDutyClient, orNotOwned, settled } from "./guardduty";

const THREAT_ENTITY_SET = "AWS::GuardDuty::ThreatEntitySet";
const STATE = ["DetectorId", "Name", "Format", "Location", "Activate", "ExpectedBucketOwner"];

/** The desired state. @throws Error for types and properties that are not here */
function desired(inputs: Props): Props {
    const typeName = must(inputs, "typeName");
    if (typeName !== THREAT_ENTITY_SET) {
        throw new Error(
            `the local cloud has Cloud Control for ${THREAT_ENTITY_SET} only, not for ${typeName}`,
        );
    }
    const state = JSON.parse(must(inputs, "desiredState")) as Props;
    const unknown = Object.keys(state).find((key) => !STATE.includes(key));
    if (unknown) {
        throw new Error(`${THREAT_ENTITY_SET}: property "${unknown}" is not supported by the local cloud`);
    }
    return state;
}

/** Cloud Control joins the parts of a primary identifier with a bar. */
function reference(id: string): { DetectorId: string; ThreatEntitySetId: string } {
    const [ThreatEntitySetId, DetectorId] = id.split("|");
    return { DetectorId, ThreatEntitySetId };
}

async function find(ctx: Context, id: string): Promise<GetThreatEntitySetResponse | undefined> {
    const { sdk, client } = await guardDutyClient(ctx);
    return orNotOwned(client.send(new sdk.GetThreatEntitySetCommand(reference(id))));
}

function properties(id: string, found: GetThreatEntitySetResponse): string {
    const { DetectorId, ThreatEntitySetId: Id } = reference(id);
    const { Name, Format, Location, Status } = found;
    return JSON.stringify({ Id, DetectorId, Name, Format, Location, Status });
}

/** Cloud Control's resource, for GuardDuty's threat entity sets: the AWS provider has none for them. */
const resource: ResourceEntry = {
    type: "aws:cloudcontrol/resource:Resource",
    properties: ["desiredState", "typeName"],
    declaredOnly: ["roleArn", "schema", "typeVersionId"],
    replaceOn: ["typeName"],
    async create(ctx, inputs) {
        const { sdk, client } = await guardDutyClient(ctx);
        const state = desired(inputs);
        const { ThreatEntitySetId } = await client.send(
            new sdk.CreateThreatEntitySetCommand({ Activate: false, ...state } as never),
        );
        const id = `${ThreatEntitySetId}|${must(state, "DetectorId")}`;
        const found = await settled(() => client.send(new sdk.GetThreatEntitySetCommand(reference(id))));
        return { id, outs: { properties: properties(id, found) } };
    },
    async update(ctx, { id, news }) {
        const { sdk, client } = await guardDutyClient(ctx);
        const state = pick(desired(news), ["Name", "Location", "Activate", "ExpectedBucketOwner"]);
        const set = reference(id);
        await client.send(new sdk.UpdateThreatEntitySetCommand({ ...set, ...state }));
        const found = await settled(() => client.send(new sdk.GetThreatEntitySetCommand(set)));
        return { properties: properties(id, found) };
    },
    async read(ctx, id) {
        const found = await find(ctx, id);
        return found && { outs: { properties: properties(id, found) } };
    },
    async delete(ctx, id) {
        const { sdk, client } = await guardDutyClient(ctx);
        await orNotOwned(client.send(new sdk.DeleteThreatEntitySetCommand(reference(id))));
    },
};

export const cloudcontrol: readonly ResourceEntry[] = [resource];
