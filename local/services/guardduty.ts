import * as sdk from "@aws-sdk/client-guardduty";
import { detectorHandlers } from "./guardduty-detectors";
import { entityHandlers, intelHandlers } from "./guardduty-sets";
import { GuardDutyCall, INVALID, refuse, State } from "./guardduty-state";
import { operationsOf } from "./model";
import { Handlers, removeTags, Service, Tagged } from "./service";

function tagged({ state }: GuardDutyCall, arn: string | undefined): Tagged {
    const all: readonly Tagged[] = [...state.detectors, ...state.intel, ...state.entity];
    return all.find((each) => each.arn === arn) ?? refuse("the resource does not exist.");
}

const tagHandlers: Handlers<State> = {
    ListTagsForResource: (call, { ResourceArn }: sdk.ListTagsForResourceRequest) => ({
        Tags: tagged(call, ResourceArn).tags,
    }),
    TagResource: (call, { ResourceArn, Tags }: sdk.TagResourceRequest) => {
        Object.assign(tagged(call, ResourceArn).tags, Tags);
        return {};
    },
    UntagResource: (call, { ResourceArn, TagKeys }: sdk.UntagResourceRequest) => {
        removeTags(tagged(call, ResourceArn), TagKeys ?? []);
        return {};
    },
};

/** GuardDuty's detectors, threat intel sets and threat entity sets. */
export const guardDuty: Service<State> = {
    signingName: "guardduty",
    rest: true,
    operations: operationsOf(sdk),
    handlers: { ...detectorHandlers, ...intelHandlers, ...entityHandlers, ...tagHandlers },
    initial: () => ({ detectors: [], intel: [], entity: [] }),
    invalid: INVALID,
};
