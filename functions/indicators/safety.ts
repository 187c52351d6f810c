import { getPublicSuffix } from "tldts";
import { AllowList, hostOf } from "./allow-list";
import { IndicatorType } from "./indicator";
import { Range, rangeOf } from "./ranges";
import { specialRange } from "./special-ranges";
import { WarningList } from "./warning-list";

/** What must never be matched or blocked. */
export interface SafetyRules {
    /** Addresses, networks and domains of the configuration. */
    readonly allowList?: Iterable<string>;
    /** The organization's own public addresses. */
    readonly ownAddresses?: Iterable<string>;
    readonly warningLists?: readonly WarningList[];
    /** Prefix lengths of the widest networks that pass. @default 8 and 19 */
    readonly widest?: { readonly ipv4: number; readonly ipv6: number };
    /** Let the documentation ranges (203.0.113.0/24, 2001:db8::/32 …) pass, for tests and the demo. */
    readonly allowDocumentation?: boolean;
}

type Judged = { readonly type: IndicatorType; readonly value: string };

/** An allow list, and what to say of an indicator on it. */
interface Allowed {
    readonly list: AllowList;
    readonly reason: string;
}

/**
 * Says why an indicator must not reach a block list. Feeds are not trusted: a private network in one would cut the
 * organization off from itself.
 */
export class Safety {
    private readonly allowed: readonly Allowed[];

    /** @throws Error naming an entry of the allow list that is no address, network or domain */
    constructor(
        private readonly rules: SafetyRules = {},
        allowedByAnalysts: Iterable<string> = [],
    ) {
        this.allowed = [
            { list: new AllowList(rules.allowList ?? []), reason: "on the allow list" },
            { list: new AllowList(rules.ownAddresses ?? []), reason: "the organization's own address" },
            { list: new AllowList(allowedByAnalysts), reason: "allowed by an analyst" },
        ];
    }

    /** The same rules, and what analysts allow: the value, the networks around it, the domains above and below it. */
    allowing(values: Iterable<string>): Safety {
        return new Safety(this.rules, values);
    }

    /**
     * @param indicator in normal form
     * @returns a reason of few values (reports count by it), or undefined when the indicator may be enforced
     */
    refusal(indicator: Judged): string | undefined {
        const host = indicator.type === "url" ? hostOf(indicator.value) : indicator.value;
        const range = indicator.type === "domain" ? undefined : rangeOf(host);
        const reason = range ? this.ofRange(range) : this.ofDomain(host, indicator.type);
        return reason ?? this.onWarningList(indicator);
    }

    private ofRange(range: Range): string | undefined {
        const { ipv4 = 8, ipv6 = 19 } = this.rules.widest ?? {};
        const widest = range.family === 4 ? ipv4 : ipv6;
        if (range.prefix < widest) {
            return `wider than /${widest}`;
        }
        const special = specialRange(range, this.rules.allowDocumentation === true);
        return special === undefined
            ? this.allowed.find(({ list }) => list.overlaps(range))?.reason
            : `${special} range`;
    }

    private ofDomain(domain: string, type: IndicatorType): string | undefined {
        if (!domain.includes(".")) {
            return "single-label name";
        }
        // Of a URL only this one page is meant, which may well be on shared hosting.
        if (type === "domain" && getPublicSuffix(domain, { allowPrivateDomains: true }) === domain) {
            return "public suffix";
        }
        return this.allowed.find(({ list }) => list.touches(domain))?.reason;
    }

    private onWarningList(indicator: Judged): string | undefined {
        const list = this.rules.warningLists?.find((candidate) => candidate.has(indicator));
        return list && `on warning list "${list.name}"`;
    }
}
