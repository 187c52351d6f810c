import { Operation } from "./model";
import type { ListReader } from "./list-reader";

/** An error of a service, as the SDK throws it. */
export class ServiceError extends Error {
    constructor(
        /** As in the SDK: `BadRequestException` … */
        override readonly name: string,
        message: string,
        readonly status = 400,
    ) {
        super(message);
    }
}

/** Whose call it is, and what is kept for that account and region. */
export interface Call<S> {
    readonly account: string;
    readonly region: string;
    /** Kept when changed. */
    readonly state: S;
    /** Reads list files as the account. */
    readonly lists: ListReader;
    /** When something that AWS does in the background is done. Milliseconds since 1970. */
    readonly doneAt: () => number;
}

/** Inputs and answers are those of the SDK's commands; an answer that the model does not allow is a failure. */
export type Handlers<S> = Readonly<Record<string, (call: Call<S>, input: never) => object | Promise<object>>>;

/** A service that the stand-in speaks. */
export interface Service<S = never> {
    /** As in the SigV4 credential scope. */
    readonly signingName: string;
    readonly rest: boolean;
    readonly operations: ReadonlyMap<string, Operation>;
    readonly handlers: Handlers<S>;
    readonly initial: () => S;
    /** Error for requests that the model does not allow. */
    readonly invalid: string;
    /** Members of requests that their handler checks itself. */
    readonly unchecked?: readonly string[];
}

/** One page of what there is. The token is the number of the first one. */
export function page<T>(
    all: readonly T[],
    { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
    most: number,
    invalid: string,
): { readonly items: T[]; readonly NextToken?: string } {
    const size = MaxResults ?? most;
    if (size < 1 || size > most) {
        throw new ServiceError(invalid, `MaxResults must be 1 to ${most}`);
    }
    const start = Number(NextToken ?? 0);
    if (!Number.isInteger(start) || start < 0) {
        throw new ServiceError(invalid, "NextToken is not one of ours");
    }
    const next = start + size;
    return {
        items: all.slice(start, next),
        ...(next < all.length ? { NextToken: String(next) } : {}),
    };
}

/** What has tags, by ARN. */
export interface Tagged {
    readonly arn: string;
    tags: Record<string, string>;
}

export type TagPairs = readonly { readonly Key?: string; readonly Value?: string }[];

export function tagRecord(tags: TagPairs | undefined): Record<string, string> {
    return Object.fromEntries((tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
}

export function tagPairs(tags: Record<string, string>): { Key: string; Value: string }[] {
    return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function removeTags(resource: Tagged, keys: readonly string[]): void {
    resource.tags = Object.fromEntries(Object.entries(resource.tags).filter(([key]) => !keys.includes(key)));
}

/** Takes one out of a list. */
export function remove<T>(all: T[], one: T): void {
    all.splice(all.indexOf(one), 1);
}
