import type * as sdk from "@aws-sdk/client-route53resolver";
import { ListFile } from "./list-reader";
import {
    byId,
    checkName,
    DomainList,
    newResource,
    refuse,
    ResolverCall,
    ResolverState,
    timesOf,
} from "./resolver-state";
import { Handlers, page, remove, tagRecord } from "./service";

const INVALID = "ValidationException";
/** Quotas of DNS Firewall, an account and region. */
const MAX_LISTS = 1_000;
const MAX_PER_FILE = 250_000;
const MAX_DOMAINS = 100_000;
const MAX_PER_REQUEST = 1_000;
/** Asterisk first if at all, then labels. */
const DOMAIN = /^(\*\.)?(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?$/i;

function normal(domain: string): string {
    const name = domain.toLowerCase();
    return name.endsWith(".") ? name : `${name}.`;
}

function isDomain(text: string): boolean {
    return text.length <= 255 && DOMAIN.test(text);
}

function isBusy({ doneAt }: DomainList): boolean {
    return Date.now() < doneAt;
}

function statusOf(list: DomainList): sdk.FirewallDomainListStatus {
    if (isBusy(list)) {
        return list.busy;
    }
    return list.problem === undefined ? "COMPLETE" : "COMPLETE_IMPORT_FAILED";
}

function describe(list: DomainList): sdk.FirewallDomainList {
    return {
        Id: list.id,
        Arn: list.arn,
        Name: list.name,
        DomainCount: list.domains.length,
        Status: statusOf(list),
        StatusMessage: isBusy(list) ? undefined : (list.problem ?? "Finished domain list update"),
        ...timesOf(list),
    };
}

/** A list that can be changed now. */
function idle({ state }: ResolverCall, id: string | undefined): DomainList {
    const list = byId(state.lists, id, "domain list");
    return isBusy(list) ? refuse("ConflictException", `domain list ${list.id} is ${list.busy}`) : list;
}

/** Domains that the account may still hold beside those of this list. */
function roomOf({ state }: ResolverCall, list: DomainList): number {
    const others = state.lists.filter((each) => each !== list);
    return MAX_DOMAINS - others.reduce((sum, { domains }) => sum + domains.length, 0);
}

function problemOf(file: ListFile, room: number): string | undefined {
    if ("problem" in file) {
        return file.problem;
    }
    const { lines } = file;
    if (lines.length === 0 || lines.length > MAX_PER_FILE) {
        return `the file has ${lines.length} lines: 1 to ${MAX_PER_FILE} are allowed`;
    }
    const wrong = lines.findIndex((line) => !isDomain(line));
    if (wrong >= 0) {
        return `line ${wrong + 1} of the file is not a domain`;
    }
    return new Set(lines.map(normal)).size > room
        ? `all lists of the account may hold ${MAX_DOMAINS} domains`
        : undefined;
}

function begin(call: ResolverCall, list: DomainList, busy: DomainList["busy"]) {
    list.busy = busy;
    list.doneAt = call.doneAt();
    list.modifiedAt = new Date().toISOString();
    return { Id: list.id, Name: list.name, Status: statusOf(list) };
}

async function importDomains(
    call: ResolverCall,
    { FirewallDomainListId, Operation, DomainFileUrl = "" }: sdk.ImportFirewallDomainsRequest,
): Promise<sdk.ImportFirewallDomainsResponse> {
    const list = idle(call, FirewallDomainListId);
    if (Operation !== "REPLACE" || !DomainFileUrl.startsWith("s3://")) {
        refuse(INVALID, "Operation must be REPLACE, DomainFileUrl must begin with s3://");
    }
    const file = await call.lists(DomainFileUrl);
    list.problem = problemOf(file, roomOf(call, list));
    if ("lines" in file && list.problem === undefined) {
        list.domains = [...new Set(file.lines.map(normal))];
    }
    return begin(call, list, "IMPORTING");
}

function updateDomains(
    call: ResolverCall,
    { FirewallDomainListId, Operation, Domains = [] }: sdk.UpdateFirewallDomainsRequest,
): sdk.UpdateFirewallDomainsResponse {
    const list = idle(call, FirewallDomainListId);
    if (Domains.length === 0 || Domains.length > MAX_PER_REQUEST) {
        refuse(INVALID, `a request must name 1 to ${MAX_PER_REQUEST} domains`);
    }
    const wrong = Domains.find((domain) => !isDomain(domain));
    if (wrong !== undefined) {
        refuse(INVALID, `"${wrong}" is not a domain`);
    }
    const named = Domains.map(normal);
    const next = new Set(Operation === "REPLACE" ? [] : list.domains);
    switch (Operation) {
        case "ADD":
        case "REPLACE":
            named.forEach((domain) => next.add(domain));
            break;
        case "REMOVE":
            named.forEach((domain) => next.delete(domain));
            break;
        default:
            refuse(INVALID, "Operation must be ADD, REMOVE or REPLACE");
    }
    if (next.size > roomOf(call, list)) {
        refuse("LimitExceededException", `all lists of the account may hold ${MAX_DOMAINS} domains`);
    }
    list.domains = [...next];
    list.problem = undefined;
    return begin(call, list, "UPDATING");
}

export const domainListHandlers: Handlers<ResolverState> = {
    CreateFirewallDomainList: (call, input: sdk.CreateFirewallDomainListRequest) => {
        const { lists } = call.state;
        if (lists.length >= MAX_LISTS) {
            refuse("LimitExceededException", `an account may have ${MAX_LISTS} domain lists`);
        }
        const name = checkName(input.Name);
        const tags = tagRecord(input.Tags);
        const base = newResource(call, "rslvr-fdl", "firewall-domain-list", tags, input.CreatorRequestId);
        const list: DomainList = { ...base, name, domains: [], busy: "UPDATING", doneAt: 0 };
        lists.push(list);
        return { FirewallDomainList: describe(list) };
    },
    GetFirewallDomainList: ({ state }, input: sdk.GetFirewallDomainListRequest) => ({
        FirewallDomainList: describe(byId(state.lists, input.FirewallDomainListId, "domain list")),
    }),
    ListFirewallDomainLists: ({ state }, input: sdk.ListFirewallDomainListsRequest) => {
        const { items, NextToken } = page(state.lists, input, 100, INVALID);
        const FirewallDomainLists = items.map(({ id, arn, name, creatorRequestId }) => ({
            Id: id,
            Arn: arn,
            Name: name,
            CreatorRequestId: creatorRequestId,
        }));
        return { FirewallDomainLists, NextToken };
    },
    DeleteFirewallDomainList: (call, input: sdk.DeleteFirewallDomainListRequest) => {
        const list = idle(call, input.FirewallDomainListId);
        const user = call.state.groups.find(({ rules }) =>
            rules.some(({ FirewallDomainListId }) => FirewallDomainListId === list.id),
        );
        if (user) {
            refuse("ConflictException", `domain list ${list.id} is used by rule group ${user.id}`);
        }
        remove(call.state.lists, list);
        return { FirewallDomainList: { ...describe(list), Status: "DELETING" } };
    },
    ImportFirewallDomains: importDomains,
    UpdateFirewallDomains: updateDomains,
    ListFirewallDomains: ({ state }, input: sdk.ListFirewallDomainsRequest) => {
        const { domains } = byId(state.lists, input.FirewallDomainListId, "domain list");
        const { items, NextToken } = page(domains, input, 5_000, INVALID);
        return { Domains: items, NextToken };
    },
};
