import { resourceRule, securityHub } from "../../rule";

interface DomainProps {
    readonly domainEndpointOptions?: { readonly enforceHttps?: boolean; readonly tlsSecurityPolicy?: string };
}

/** `Policy-Min-TLS-1-2-…` and what comes after it. */
const TLS_1_2 = /^Policy-Min-TLS-1-[2-9]/;

export const searchHttps = resourceRule<DomainProps>({
    ...securityHub("Opensearch.8"),
    name: "opensearch-https",
    description: "A search domain is reached over HTTPS with TLS 1.2 or newer only.",
    severity: "medium",
    remediationSteps:
        "Set domainEndpointOptions.enforceHttps to true and tlsSecurityPolicy to Policy-Min-TLS-1-2-PFS-2023-10.",
    types: ["aws:opensearch/domain:Domain"],
    check: ({ domainEndpointOptions }, report) => {
        if (domainEndpointOptions?.enforceHttps !== true) {
            report("set domainEndpointOptions.enforceHttps to true");
        }
        if (!TLS_1_2.test(domainEndpointOptions?.tlsSecurityPolicy ?? "")) {
            report("set domainEndpointOptions.tlsSecurityPolicy to Policy-Min-TLS-1-2-PFS-2023-10");
        }
    },
});
