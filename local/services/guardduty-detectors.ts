import type * as sdk from "@aws-sdk/client-guardduty";
import { detectorOf, hexId, INVALID, refuse, State } from "./guardduty-state";
import { Handlers, page, remove } from "./service";

export const detectorHandlers: Handlers<State> = {
    CreateDetector: (call, input: sdk.CreateDetectorRequest): sdk.CreateDetectorResponse => {
        if (call.state.detectors.length > 0) {
            refuse("a detector already exists for the current account.");
        }
        const id = hexId();
        const createdAt = new Date().toISOString();
        call.state.detectors.push({
            id,
            arn: `arn:aws:guardduty:${call.region}:${call.account}:detector/${id}`,
            tags: input.Tags ?? {},
            enable: input.Enable ?? true,
            frequency: input.FindingPublishingFrequency ?? "SIX_HOURS",
            createdAt,
            updatedAt: createdAt,
        });
        return { DetectorId: id };
    },
    GetDetector: (call, { DetectorId }: sdk.GetDetectorRequest): sdk.GetDetectorResponse => {
        const { enable, frequency, tags, createdAt, updatedAt } = detectorOf(call, DetectorId);
        const role = "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty";
        return {
            ServiceRole: `arn:aws:iam::${call.account}:${role}`,
            Status: enable ? "ENABLED" : "DISABLED",
            FindingPublishingFrequency: frequency as sdk.FindingPublishingFrequency,
            Tags: tags,
            CreatedAt: createdAt,
            UpdatedAt: updatedAt,
        };
    },
    UpdateDetector: (call, input: sdk.UpdateDetectorRequest): sdk.UpdateDetectorResponse => {
        const detector = detectorOf(call, input.DetectorId);
        detector.enable = input.Enable ?? detector.enable;
        detector.frequency = input.FindingPublishingFrequency ?? detector.frequency;
        detector.updatedAt = new Date().toISOString();
        return {};
    },
    ListDetectors: (call, input: sdk.ListDetectorsRequest): sdk.ListDetectorsResponse => {
        const { items, NextToken } = page(call.state.detectors, input, 50, INVALID);
        return { DetectorIds: items.map(({ id }) => id), NextToken };
    },
    DeleteDetector: (call, { DetectorId }: sdk.DeleteDetectorRequest): sdk.DeleteDetectorResponse => {
        remove(call.state.detectors, detectorOf(call, DetectorId));
        call.state.intel.length = 0;
        call.state.entity.length = 0;
        return {};
    },
};
