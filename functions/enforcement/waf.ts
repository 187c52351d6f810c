import { GetIPSetCommand, Scope, UpdateIPSetCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { cidrOf, parseCidr } from "./cidr";
import { Blockable, Place } from "./place";
import { changeOf, ListReport, reportOf } from "./report";
import { sleep, Sleep, whenConflicting, whenThrottled } from "./retry";
import { ListKind, select } from "./select";
import { IpSetRef } from "./settings";
import { sameMembers, spread } from "./shards";

/** Most networks a WAFv2 IP set holds. */
export const MAX_PER_SET = 10_000;

export interface WafOptions {
    readonly client: Pick<WAFV2Client, "send">;
    readonly scope: Scope;
    readonly ipv4Sets: readonly IpSetRef[];
    readonly ipv6Sets: readonly IpSetRef[];
    /** @default 10000, which is also the most */
    readonly maxPerSet?: number;
    /** For tests. */
    readonly pause?: Sleep;
}

/** Addresses of one IP version, as WAF writes them. WAF takes every prefix length but /0. */
function ipSetList(version: 4 | 6): ListKind {
    return {
        name: `ipv${version}`,
        candidates: (snapshot) => snapshot.addresses(),
        fit: (indicator) => {
            const cidr = cidrOf(indicator);
            if (cidr?.version !== version) {
                return undefined;
            }
            return cidr.prefix === 0 ? { unfit: "prefix-0" } : { entry: cidr.text };
        },
    };
}

const IPV4 = ipSetList(4);
const IPV6 = ipSetList(6);
export const WAF_LISTS = [IPV4, IPV6];

/** WAF's IP sets of one scope. A set that is right already is not written. */
export function wafPlace(options: WafOptions): Place {
    const name = options.scope === Scope.CLOUDFRONT ? "waf-cloudfront" : "waf";
    return {
        name,
        enforce: async (snapshot) =>
            reportOf(name, [
                await enforceList(options, IPV4, options.ipv4Sets, snapshot),
                await enforceList(options, IPV6, options.ipv6Sets, snapshot),
            ]),
    };
}

async function enforceList(
    options: WafOptions,
    list: ListKind,
    sets: readonly IpSetRef[],
    snapshot: Blockable,
): Promise<ListReport> {
    const maxPerSet = Math.min(options.maxPerSet ?? MAX_PER_SET, MAX_PER_SET);
    const room = sets.length * maxPerSet;
    const selection = select(list, snapshot, room);
    const wanted = selection.chosen.map(({ entry }) => entry);
    const present: Present[] = [];
    for (const set of sets) {
        present.push(await getSet(options, set));
    }
    const before = present.map(({ addresses }) => addresses);
    const targets = spread(wanted, before, maxPerSet);
    for (const [index, set] of sets.entries()) {
        await updateSet(options, set, targets[index], present[index]);
    }
    return { list: list.name, room, selection, ...changeOf(wanted, new Set(before.flat())) };
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
    const get = new GetIPSetCommand({ Id: id, Name: name, Scope: options.scope });
    const { IPSet: set, LockToken = "" } = await whenThrottled(options.pause ?? sleep, () =>
        options.client.send(get),
    );
    const raw = set?.Addresses ?? [];
    // WAF answers IPv6 written out in full.
    const addresses = [...new Set(raw.flatMap((text) => parseCidr(text)?.text ?? []))];
    return {
        addresses,
        foreign: addresses.length < raw.length,
        lockToken: LockToken,
        description: set?.Description || undefined,
    };
}

/** A set that another writer changed meanwhile is read and compared again. */
async function updateSet(
    options: WafOptions,
    ref: IpSetRef,
    target: readonly string[],
    first: Present,
): Promise<void> {
    const pause = options.pause ?? sleep;
    let known: Present | undefined = first;
    await whenConflicting(pause, "WAFOptimisticLockException", async () => {
        const present: Present = known ?? (await getSet(options, ref));
        known = undefined;
        if (!present.foreign && sameMembers(present.addresses, target)) {
            return;
        }
        const update = new UpdateIPSetCommand({
            Id: ref.id,
            Name: ref.name,
            Scope: options.scope,
            Description: present.description,
            Addresses: [...target],
            LockToken: present.lockToken,
        });
        await whenThrottled(pause, () => options.client.send(update));
    });
}
