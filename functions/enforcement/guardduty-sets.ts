import {
    GetThreatEntitySetCommand,
    GetThreatIntelSetCommand,
    GuardDutyClient,
    UpdateThreatEntitySetCommand,
    UpdateThreatIntelSetCommand,
} from "@aws-sdk/client-guardduty";

export interface SetState {
    readonly location: string;
    /** `INACTIVE`, `ACTIVATING`, `ACTIVE`, `DEACTIVATING`, `ERROR`, `DELETE_PENDING`, `DELETED` */
    readonly status: string;
    readonly error?: string;
}

/** A threat intel set or threat entity set: GuardDuty has two APIs for the same thing. */
export interface GuardDutySet {
    readonly id: string;
    get(): Promise<SetState>;
    activate(location: string): Promise<void>;
    deactivate(): Promise<void>;
}

export interface GuardDutyAccess {
    readonly client: Pick<GuardDutyClient, "send">;
    readonly detectorId: string;
    /** Account that owns the bucket of the list files. */
    readonly accountId: string;
}

export function threatIntelSet({ client, detectorId, accountId }: GuardDutyAccess, id: string): GuardDutySet {
    const set = { DetectorId: detectorId, ThreatIntelSetId: id };
    return {
        id,
        get: async () => {
            const { Location = "", Status = "" } = await client.send(new GetThreatIntelSetCommand(set));
            return { location: Location, status: Status };
        },
        activate: async (Location) => {
            const to = { Location, ExpectedBucketOwner: accountId, Activate: true };
            await client.send(new UpdateThreatIntelSetCommand({ ...set, ...to }));
        },
        deactivate: async () => {
            await client.send(new UpdateThreatIntelSetCommand({ ...set, Activate: false }));
        },
    };
}

export function threatEntitySet(
    { client, detectorId, accountId }: GuardDutyAccess,
    id: string,
): GuardDutySet {
    const set = { DetectorId: detectorId, ThreatEntitySetId: id };
    return {
        id,
        get: async () => {
            const answer = await client.send(new GetThreatEntitySetCommand(set));
            const { Location = "", Status = "", ErrorDetails } = answer;
            return { location: Location, status: Status, error: ErrorDetails };
        },
        activate: async (Location) => {
            const to = { Location, ExpectedBucketOwner: accountId, Activate: true };
            await client.send(new UpdateThreatEntitySetCommand({ ...set, ...to }));
        },
        deactivate: async () => {
            await client.send(new UpdateThreatEntitySetCommand({ ...set, Activate: false }));
        },
    };
}
