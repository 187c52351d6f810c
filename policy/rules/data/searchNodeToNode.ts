import { resourceRule, securityHub } from "../../rule";

export const searchNodeToNode = resourceRule<{
    readonly nodeToNodeEncryption?: { readonly enabled?: boolean };
}>({
    ...securityHub("Opensearch.3"),
    name: "opensearch-node-to-node",
    description: "Nodes of a search domain talk to each other over TLS.",
    severity: "medium",
    remediationSteps:
        "Set nodeToNodeEncryption.enabled to true; a domain that exists may have to be replaced.",
    types: ["aws:opensearch/domain:Domain"],
    check: ({ nodeToNodeEncryption }, report) => {
        if (nodeToNodeEncryption?.enabled !== true) {
            report("set nodeToNodeEncryption.enabled to true");
        }
    },
});
