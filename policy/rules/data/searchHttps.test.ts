import { Fixture, testRule } from "../../testing";
import { searchHttps } from "./searchHttps";

function domain(enforceHttps: boolean, tlsSecurityPolicy?: string): Fixture {
    return {
        type: "aws:opensearch/domain:Domain",
        props: { domainEndpointOptions: { enforceHttps, tlsSecurityPolicy } },
    };
}

testRule(searchHttps, {
    pass: {
        "TLS 1.2": domain(true, "Policy-Min-TLS-1-2-2019-07"),
        "TLS 1.2 with forward secrecy": domain(true, "Policy-Min-TLS-1-2-PFS-2023-10"),
    },
    fail: {
        HTTP: [domain(false, "Policy-Min-TLS-1-2-PFS-2023-10"), /enforceHttps/],
        "TLS 1.0": [domain(true, "Policy-Min-TLS-1-0-2019-07"), /tlsSecurityPolicy/],
        "no TLS policy": [domain(true), /tlsSecurityPolicy/],
    },
});
