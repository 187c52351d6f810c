import { GetIPSetCommand, IPSet, Scope, UpdateIPSetCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { setTimeout as delay } from "node:timers/promises";
import { Candidate, normalCidr, selectCidrs, spread } from "./shards";

/** Most networks a WAFv2 IP set holds. */
export const MAX_PER_SET = 10_000;

export interface IpSetRef {
    readonly id: string;
    readonly name: string;
}

export interface WafOptions {
    readonly client: Pick<WAFV2Client, "send">;
    readonly scope: Scope;
    readonly ipv4Sets: readonly IpSetRef[];
    readonly ipv6Sets: readonly IpSetRef[];
    readonly snapshot: { addresses(): Iterable<Candidate> };
    /** @default 10000, which is also the most */
    readonly maxPerSet?: number;
    /** For tests. */
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export interface WafReport {
    added: number;
    removed: number;
    unchanged: number;
    /** Networks that had no room in the sets. */
    leftOut: number;
    readonly sets: { readonly name: string; readonly addresses: number; readonly updated: boolean }[];
}

const RETRIES = 6;

/** Makes the IP sets hold the best networks of the snapshot. A set that is right already is not written. */
export async function enforceWaf(options: WafOptions): Promise<WafReport> {
    const report: WafReport = { added: 0, removed: 0, unchanged: 0, leftOut: 0, sets: [] };
    await enforceVersion(options, 4, options.ipv4Sets, report);
    await enforceVersion(options, 6, options.ipv6Sets, report);
    return report;
}

async function enforceVersion(
    options: WafOptions,
    version: 4 | 6,
    sets: readonly IpSetRef[],
    report: WafReport,
): Promise<void> {
    const maxPerSet = Math.min(options.maxPerSet ?? MAX_PER_SET, MAX_PER_SET);
    const { cidrs, leftOut } = selectCidrs(options.snapshot.addresses(), version, sets.length * maxPerSet);
    report.leftOut += leftOut;
    const present: Present[] = [];
    for (const set of sets) {
        present.push(await getSet(options, set));
    }
    const targets = spread(
        cidrs,
        present.map(({ addresses }) => addresses),
        maxPerSet,
    );
    for (const [index, set] of sets.entries()) {
        const target = targets[index];
        const before = new Set(present[index].addresses);
        const kept = target.filter((cidr) => before.has(cidr)).length;
        const updated = await updateSet(options, set, target, present[index]);
        report.unchanged += kept;
        report.added += target.length - kept;
        report.removed += before.size - kept;
        report.sets.push({ name: set.name, addresses: target.length, updated });
    }
}

interface Present {
    /** In normal form, without what is none. */
    readonly addresses: readonly string[];
    /** True when the set also holds something that has no normal form. */
    readonly foreign: boolean;
    readonly lockToken: string;
    readonly description?: string;
}

async function getSet(options: WafOptions, { id, name }: IpSetRef): Promise<Present> {
    const answer = await paced(options, () =>
        options.client.send(new GetIPSetCommand({ Id: id, Name: name, Scope: options.scope })),
    );
    const set: Partial<IPSet> = answer.IPSet ?? {};
    const raw = set.Addresses ?? [];
    const addresses = [...new Set(raw.map(normalCidr).filter((cidr): cidr is string => cidr !== undefined))];
    return {
        addresses,
        foreign: addresses.length < raw.length,
        lockToken: answer.LockToken ?? "",
        description: set.Description || undefined,
    };
}

/** @returns whether a request was needed. A set that another writer changed meanwhile is read and compared again. */
async function updateSet(
    options: WafOptions,
    { id, name }: IpSetRef,
    target: readonly string[],
    present: Present,
): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
        if (!present.foreign && sameMembers(present.addresses, target)) {
            return attempt > 0;
        }
        const update = new UpdateIPSetCommand({
            Id: id,
            Name: name,
            Scope: options.scope,
            Description: present.description,
            Addresses: [...target],
            LockToken: present.lockToken,
        });
        try {
            await paced(options, () => options.client.send(update));
            return true;
        } catch (error) {
            if ((error as Error).name !== "WAFOptimisticLockException" || attempt >= RETRIES) {
                throw error;
            }
        }
        await (options.sleep ?? delay)(200 * 2 ** attempt);
        present = await getSet(options, { id, name });
    }
}

/** WAF's control plane allows about one call a second: waited for only when it says so. */
async function paced<T>(options: WafOptions, call: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
        try {
            return await call();
        } catch (error) {
            const throttled = /Throttl|TooManyRequests|WAFUnavailableEntity/i.test((error as Error).name);
            if (!throttled || attempt >= RETRIES) {
                throw error;
            }
            await (options.sleep ?? delay)(1000);
        }
    }
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
    const members = new Set(a);
    return a.length === b.length && b.every((item) => members.has(item));
}
