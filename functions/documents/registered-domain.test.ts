import assert from "node:assert/strict";
import { domainParts } from "./registered-domain";

describe("registered domain", () => {
    const KNOWN: readonly [string, string | undefined, string | undefined, string][] = [
        ["example.com", "example.com", undefined, "com"],
        ["A.b.Example.co.UK", "example.co.uk", "a.b", "co.uk"],
        ["_dmarc.example.com", "example.com", "_dmarc", "com"],
        ["x.bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com", "x", "s3.amazonaws.com"],
        ["co.uk", undefined, undefined, "co.uk"],
    ];
    for (const [name, registered_domain, subdomain, top_level_domain] of KNOWN) {
        it(`takes ${name} apart`, () => {
            assert.deepEqual(domainParts(name), { registered_domain, subdomain, top_level_domain });
        });
    }

    for (const name of [
        "",
        ".",
        "localhost",
        "a.ec2.internal",
        "example.invalid",
        "192.0.2.1",
        "2001:db8::1",
    ]) {
        it(`makes nothing of "${name}"`, () => {
            assert.equal(domainParts(name), undefined);
        });
    }

    it("makes nothing of reverse names", () => {
        assert.equal(domainParts("1.2.0.192.in-addr.arpa"), undefined);
        assert.equal(domainParts("1.0.0.2.ip6.arpa"), undefined);
    });
});
