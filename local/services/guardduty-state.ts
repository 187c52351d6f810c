import { randomUUID } from "node:crypto";
import { SetKind } from "./guardduty-files";
import { Call, ServiceError, Tagged } from "./service";

export const INVALID = "BadRequestException";

export interface Detector extends Tagged {
    readonly id: string;
    enable: boolean;
    frequency: string;
    readonly createdAt: string;
    updatedAt: string;
}

export interface ListSet extends Tagged {
    readonly id: string;
    readonly detectorId: string;
    name: string;
    readonly format: string;
    location: string;
    owner?: string;
    active: boolean;
    /** Milliseconds since 1970 when what was asked last is done. */
    doneAt: number;
    /** Why the list cannot be used. */
    problem?: string;
    readonly createdAt: number;
    updatedAt: number;
}

export interface State {
    readonly detectors: Detector[];
    readonly intel: ListSet[];
    readonly entity: ListSet[];
}

export type GuardDutyCall = Call<State>;

/** GuardDuty has one error for whatever is wrong with a request. */
export const refuse = (message: string): never => {
    throw new ServiceError(INVALID, `The request is rejected because ${message}`);
};
export const hexId = (): string => randomUUID().replace(/-/g, "");

export function detectorOf({ state }: GuardDutyCall, id: string | undefined): Detector {
    return (
        state.detectors.find((each) => each.id === id) ??
        refuse("the input detectorId is not owned by the current account.")
    );
}

export function setOf(
    { state }: GuardDutyCall,
    kind: SetKind,
    detectorId: string | undefined,
    id: string | undefined,
): ListSet {
    const found = state[kind].find((each) => each.id === id && each.detectorId === detectorId);
    return found ?? refuse(`the input threat ${kind} set id is not owned by the current account.`);
}
