import * as sdk from "@aws-sdk/client-guardduty";
import { checkSetFile, SetKind } from "./guardduty-files";
import { detectorOf, GuardDutyCall, hexId, INVALID, ListSet, refuse, setOf, State } from "./guardduty-state";
import { Handlers, page, remove } from "./service";

/** An account and region. The quota of entity sets is not published in one place: taken for the same. */
const MAX_SETS: Readonly<Record<SetKind, number>> = { intel: 6, entity: 6 };

/** INACTIVE, ACTIVATING, ACTIVE, DEACTIVATING or ERROR. */
function statusOf({ active, doneAt, problem }: ListSet): sdk.ThreatIntelSetStatus {
    const busy = Date.now() < doneAt;
    if (!active) {
        return busy ? "DEACTIVATING" : "INACTIVE";
    }
    return busy ? "ACTIVATING" : problem === undefined ? "ACTIVE" : "ERROR";
}

/** Reads the list as of now; the outcome is told when activation is done. */
async function activate(call: GuardDutyCall, kind: SetKind, set: ListSet): Promise<void> {
    set.problem = checkSetFile(kind, await call.lists(set.location, set.owner));
    set.active = true;
    set.doneAt = call.doneAt();
}

function checkLocation(location: string | undefined): string {
    return location && location.length <= 300
        ? location
        : refuse("the location must have 1 to 300 characters.");
}

function checkName(name: string | undefined): string {
    return name && name.length <= 300 ? name : refuse("the name must have 1 to 300 characters.");
}

async function createSet(
    call: GuardDutyCall,
    kind: SetKind,
    input: sdk.CreateThreatIntelSetRequest,
): Promise<ListSet> {
    const { id: detectorId } = detectorOf(call, input.DetectorId);
    const sets = call.state[kind];
    if (sets.length >= MAX_SETS[kind]) {
        refuse(`the account has ${MAX_SETS[kind]} threat ${kind} sets, which is the most.`);
    }
    if (input.Format !== sdk.ThreatIntelSetFormat.TXT) {
        refuse(`the local cloud knows lists of format TXT only, not ${String(input.Format)}.`);
    }
    const id = hexId();
    const detector = `arn:aws:guardduty:${call.region}:${call.account}:detector/${detectorId}`;
    const set: ListSet = {
        id,
        detectorId,
        arn: `${detector}/threat${kind}set/${id}`,
        tags: input.Tags ?? {},
        name: checkName(input.Name),
        format: "TXT",
        location: checkLocation(input.Location),
        owner: input.ExpectedBucketOwner,
        active: false,
        doneAt: 0,
        createdAt: Date.now(),
        updatedAt: Date.now(),
    };
    if (input.Activate) {
        await activate(call, kind, set);
    }
    sets.push(set);
    return set;
}

async function updateSet(
    call: GuardDutyCall,
    kind: SetKind,
    set: ListSet,
    input: Omit<sdk.UpdateThreatIntelSetRequest, "ThreatIntelSetId">,
): Promise<object> {
    if (/^(DE)?ACTIVATING$/.test(statusOf(set))) {
        refuse(`the set is ${statusOf(set)}.`);
    }
    set.name = checkName(input.Name ?? set.name);
    set.location = checkLocation(input.Location ?? set.location);
    set.owner = input.ExpectedBucketOwner ?? set.owner;
    set.updatedAt = Date.now();
    if (input.Activate ?? set.active) {
        await activate(call, kind, set);
    } else if (set.active) {
        set.active = false;
        set.problem = undefined;
        set.doneAt = call.doneAt();
    }
    return {};
}

function describe(set: ListSet): sdk.GetThreatIntelSetResponse {
    return {
        Name: set.name,
        Format: set.format as sdk.ThreatIntelSetFormat,
        Location: set.location,
        Status: statusOf(set),
        Tags: set.tags,
        ExpectedBucketOwner: set.owner,
    };
}

function idsOf({ state }: GuardDutyCall, kind: SetKind, input: sdk.ListThreatIntelSetsRequest) {
    const sets = state[kind].filter(({ detectorId }) => detectorId === input.DetectorId);
    const { items, NextToken } = page(sets, input, 50, INVALID);
    return { ids: items.map(({ id }) => id), NextToken };
}

export const intelHandlers: Handlers<State> = {
    CreateThreatIntelSet: async (call, input: sdk.CreateThreatIntelSetRequest) => ({
        ThreatIntelSetId: (await createSet(call, "intel", input)).id,
    }),
    GetThreatIntelSet: (call, input: sdk.GetThreatIntelSetRequest) =>
        describe(setOf(call, "intel", input.DetectorId, input.ThreatIntelSetId)),
    UpdateThreatIntelSet: (call, input: sdk.UpdateThreatIntelSetRequest) =>
        updateSet(call, "intel", setOf(call, "intel", input.DetectorId, input.ThreatIntelSetId), input),
    DeleteThreatIntelSet: (call, input: sdk.DeleteThreatIntelSetRequest) => {
        remove(call.state.intel, setOf(call, "intel", input.DetectorId, input.ThreatIntelSetId));
        return {};
    },
    ListThreatIntelSets: (call, input: sdk.ListThreatIntelSetsRequest) => {
        const { ids: ThreatIntelSetIds, NextToken } = idsOf(call, "intel", input);
        return { ThreatIntelSetIds, NextToken };
    },
};

export const entityHandlers: Handlers<State> = {
    CreateThreatEntitySet: async (call, input: sdk.CreateThreatEntitySetRequest) => ({
        ThreatEntitySetId: (await createSet(call, "entity", input)).id,
    }),
    GetThreatEntitySet: (call, input: sdk.GetThreatEntitySetRequest): sdk.GetThreatEntitySetResponse => {
        const set = setOf(call, "entity", input.DetectorId, input.ThreatEntitySetId);
        const answer = describe(set) as sdk.GetThreatEntitySetResponse;
        return {
            ...answer,
            CreatedAt: new Date(set.createdAt),
            UpdatedAt: new Date(set.updatedAt),
            ErrorDetails: answer.Status === "ERROR" ? set.problem : undefined,
        };
    },
    UpdateThreatEntitySet: (call, input: sdk.UpdateThreatEntitySetRequest) =>
        updateSet(call, "entity", setOf(call, "entity", input.DetectorId, input.ThreatEntitySetId), input),
    DeleteThreatEntitySet: (call, input: sdk.DeleteThreatEntitySetRequest) => {
        remove(call.state.entity, setOf(call, "entity", input.DetectorId, input.ThreatEntitySetId));
        return {};
    },
    ListThreatEntitySets: (call, input: sdk.ListThreatEntitySetsRequest) => {
        const { ids: ThreatEntitySetIds, NextToken } = idsOf(call, "entity", input);
        return { ThreatEntitySetIds, NextToken };
    },
};
