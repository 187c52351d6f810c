import {
    FirewallDomainUpdateOperation,
    GetFirewallDomainListCommand,
    ImportFirewallDomainsCommand,
    ListFirewallDomainsCommand,
    Route53ResolverClient,
    UpdateFirewallDomainsCommand,
} from "@aws-sdk/client-route53resolver";
import { unfitDomain } from "./domain-name";
import { ListFiles, listText } from "./list-files";
import { Place } from "./place";
import { changeOf, reportOf } from "./report";
import { sleep, Sleep, whenThrottled } from "./retry";
import { ListKind, select } from "./select";

/** Entries of one file that DNS Firewall imports, and of all lists of an account by default. */
const MAX_PER_FILE = 250_000;
const DEFAULT_ROOM = 100_000;
/** Entries of one update, and of one page of a list. */
const MAX_PER_UPDATE = 1_000;
const PAGE = 5_000;
const LOOKS = 60;
const LOOK_PAUSE = 2000;

export interface DnsFirewallOptions {
    readonly client: Pick<Route53ResolverClient, "send">;
    readonly domainListId: string;
    readonly files: ListFiles;
    /** @default 100000 */
    readonly room?: number;
    readonly pause?: Sleep;
}

/** Domains, each written twice: itself and what is under it. */
const DOMAINS: ListKind = {
    name: "domains",
    candidates: (snapshot) => snapshot.names(),
    fit: ({ type, value }) => {
        const unfit = type === "url" ? "url" : unfitDomain(value);
        return unfit ? { unfit } : { entry: value };
    },
    entriesEach: 2,
};
export const DNS_FIREWALL_LISTS = [DOMAINS];

/**
 * A domain list of Route 53 Resolver DNS Firewall. What the list holds is asked, not remembered: a run may end
 * anywhere, and what others changed by hand is put right.
 */
export function dnsFirewallPlace(options: DnsFirewallOptions): Place {
    const room = Math.min(options.room ?? DEFAULT_ROOM, MAX_PER_FILE);
    return {
        name: "dns-firewall",
        enforce: async (snapshot) => {
            const selection = select(DOMAINS, snapshot, room);
            const wanted = new Set(selection.chosen.flatMap(({ entry }) => [entry, `*.${entry}`]));
            await complete(options);
            const present = await domainsOf(options);
            await apply(options, wanted, present);
            const change = changeOf(wanted, present);
            return reportOf("dns-firewall", [{ list: DOMAINS.name, room, selection, ...change }]);
        },
    };
}

/** A small change is sent, a great one imported from a file; an empty file is none. */
async function apply(
    options: DnsFirewallOptions,
    wanted: ReadonlySet<string>,
    present: ReadonlySet<string>,
): Promise<void> {
    const remove = [...present].filter((domain) => !wanted.has(domain));
    const add = [...wanted].filter((domain) => !present.has(domain));
    const small = remove.length <= MAX_PER_UPDATE && add.length <= MAX_PER_UPDATE;
    if (small || wanted.size === 0) {
        // Removed first: the list may be full.
        await update(options, "REMOVE", remove);
        await update(options, "ADD", add);
        return;
    }
    const { client, domainListId, files, pause = sleep } = options;
    const key = `dns-firewall/${domainListId}.txt`;
    await files.write(key, listText(wanted));
    const command = new ImportFirewallDomainsCommand({
        FirewallDomainListId: domainListId,
        Operation: "REPLACE",
        DomainFileUrl: files.uri(key),
    });
    await whenThrottled(pause, () => client.send(command));
    await complete(options, true);
}

async function update(
    options: DnsFirewallOptions,
    Operation: FirewallDomainUpdateOperation,
    domains: readonly string[],
): Promise<void> {
    const { client, domainListId, pause = sleep } = options;
    for (let start = 0; start < domains.length; start += MAX_PER_UPDATE) {
        const command = new UpdateFirewallDomainsCommand({
            FirewallDomainListId: domainListId,
            Operation,
            Domains: domains.slice(start, start + MAX_PER_UPDATE),
        });
        await whenThrottled(pause, () => client.send(command));
        await complete(options);
    }
}

/** Waits until the list is at rest. */
async function complete(options: DnsFirewallOptions, imported = false): Promise<void> {
    const { client, domainListId, pause = sleep } = options;
    const get = new GetFirewallDomainListCommand({ FirewallDomainListId: domainListId });
    for (let looks = 1; ; looks++) {
        const { FirewallDomainList: list } = await whenThrottled(pause, () => client.send(get));
        const failed = list?.Status === "COMPLETE_IMPORT_FAILED";
        if (failed && imported) {
            const reason = list?.StatusMessage ?? "no reason given";
            throw new Error(`DNS Firewall could not import list ${domainListId}: ${reason}`);
        }
        if (failed || list?.Status === "COMPLETE") {
            return;
        }
        if (list?.Status === "DELETING" || looks === LOOKS) {
            throw new Error(`DNS Firewall's list ${domainListId} stays ${list?.Status}: try again`);
        }
        await pause(LOOK_PAUSE);
    }
}

/** What the list holds. The service ends names with a dot. */
async function domainsOf({ client, domainListId, pause = sleep }: DnsFirewallOptions): Promise<Set<string>> {
    const domains = new Set<string>();
    let NextToken: string | undefined;
    do {
        const page = new ListFirewallDomainsCommand({
            FirewallDomainListId: domainListId,
            MaxResults: PAGE,
            NextToken,
        });
        const answer = await whenThrottled(pause, () => client.send(page));
        for (const domain of answer.Domains ?? []) {
            domains.add(domain.toLowerCase().replace(/\.$/, ""));
        }
        NextToken = answer.NextToken || undefined;
    } while (NextToken);
    return domains;
}
