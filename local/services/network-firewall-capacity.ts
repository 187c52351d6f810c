import { GeneratedRulesType, RuleGroup, RulesSourceList, TargetType } from "@aws-sdk/client-network-firewall";
import { isHostName } from "./host-name";
import { countRules } from "./suricata-rules";

/** What a stateful group's rules take of its capacity. @throws Error for rules that cannot be */
export function consumedCapacity({ RulesSource: source = {} }: RuleGroup): number {
    const { RulesString, RulesSourceList, StatefulRules, StatelessRulesAndCustomActions } = source;
    const kinds = [RulesString, RulesSourceList, StatefulRules].filter((each) => each !== undefined);
    if (kinds.length !== 1 || StatelessRulesAndCustomActions) {
        throw new Error("RulesSource must have one of RulesString, RulesSourceList, StatefulRules");
    }
    const consumed = RulesSourceList
        ? listCapacity(RulesSourceList)
        : (StatefulRules?.length ?? countRules(RulesString ?? ""));
    if (consumed === 0) {
        throw new Error("a rule group must have a rule");
    }
    return consumed;
}

/**
 * A rule for each domain and protocol, and one for each protocol. Source: cloudnetworks.io, "Stateful Rule Group
 * Capacity in AWS Network Firewall"
 */
function listCapacity({ Targets = [], TargetTypes = [], GeneratedRulesType: type }: RulesSourceList): number {
    if (Targets.length === 0 || TargetTypes.length === 0) {
        throw new Error("RulesSourceList wants Targets and TargetTypes");
    }
    if (!type || !Object.values(GeneratedRulesType).includes(type)) {
        throw new Error(`GeneratedRulesType must be one of ${Object.values(GeneratedRulesType).join(", ")}`);
    }
    if (TargetTypes.some((each) => !Object.values(TargetType).includes(each))) {
        throw new Error(`TargetTypes must be of ${Object.values(TargetType).join(", ")}`);
    }
    const wrong = Targets.find((target) => !isHostName(target.replace(/^\./, "")));
    if (wrong !== undefined) {
        throw new Error(`target "${wrong}" is neither a domain nor a dot and a domain`);
    }
    return (new Set(Targets).size + 1) * TargetTypes.length;
}
