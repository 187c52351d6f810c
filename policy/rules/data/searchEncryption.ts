import { resourceRule, securityHub } from "../../rule";

export const searchEncryption = resourceRule<{ readonly encryptAtRest?: { readonly enabled?: boolean } }>({
    ...securityHub("Opensearch.1"),
    name: "opensearch-encrypted",
    description: "Each search domain encrypts its indices.",
    severity: "medium",
    remediationSteps: "Set encryptAtRest.enabled to true; a domain that exists may have to be replaced.",
    types: ["aws:opensearch/domain:Domain"],
    check: ({ encryptAtRest }, report) => {
        if (encryptAtRest?.enabled !== true) {
            report("set encryptAtRest.enabled to true");
        }
    },
});
