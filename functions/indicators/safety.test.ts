import assert from "node:assert/strict";
import { normalizeIndicator } from "./normalize";
import { AllowList, refusal } from "./safety";

function reason(
    text: string,
    allowList: readonly string[] = [],
    allowDocumentation = false,
): string | undefined {
    const indicator = normalizeIndicator(text);
    assert.ok(indicator, text);
    return refusal(indicator, allowList, { allowDocumentation });
}

describe("refusal", () => {
    const cases: [string, string | undefined][] = [
        ["8.8.8.8", undefined],
        ["2606:4700::1111", undefined],
        ["10.1.2.3", "private range"],
        ["172.31.255.255", "private range"],
        ["172.32.0.0", undefined],
        ["192.168.1.0/24", "private range"],
        ["127.0.0.1", "loopback range"],
        ["169.254.169.254", "link-local range"],
        ["100.64.0.1", "CGNAT range"],
        ["224.0.0.1", "multicast range"],
        ["255.255.255.255", "reserved range"],
        ["0.0.0.0", "unspecified range"],
        ["0.0.0.1", "reserved range"],
        ["203.0.113.7", "documentation range"],
        ["172.0.0.0/8", "private range"],
        ["4.0.0.0/6", "wider than /8"],
        ["0.0.0.0/0", "wider than /8"],
        ["2600::/18", "wider than /19"],
        ["2600::/19", undefined],
        ["::", "unspecified range"],
        ["::1", "loopback range"],
        ["fe80::1", "link-local range"],
        ["fd00::1", "private range"],
        ["ff02::1", "multicast range"],
        ["2001:db8::1", "documentation range"],
        ["64:ff9b::808:808", "reserved range"],
        ["2002:808:808::", "reserved range"],
        ["evil.example", undefined],
        ["http://10.0.0.1/x", "private range"],
        ["http://[fe80::1]/x", "link-local range"],
        ["http://evil.example/x", undefined],
    ];
    for (const [text, expected] of cases) {
        it(`${text}: ${expected ?? "passes"}`, () => assert.equal(reason(text), expected));
    }

    it("lets documentation ranges pass on request, and no other", () => {
        assert.equal(reason("203.0.113.7", [], true), undefined);
        assert.equal(reason("2001:db8::/32", [], true), undefined);
        assert.equal(reason("10.0.0.1", [], true), "private range");
    });

    it("holds to the allow list", () => {
        const list = ["9.9.9.9", "8.8.0.0/16", "www.corp.example", "2600::/32"];
        for (const text of [
            ...["9.9.9.9", "9.9.9.0/24", "8.8.4.4", "8.8.4.0/24", "8.0.0.0/8", "2600::5"],
            ...[
                "www.corp.example",
                "corp.example",
                "a.www.corp.example",
                "http://www.corp.example/x",
                "http://8.8.8.8/",
            ],
        ]) {
            assert.equal(reason(text, list), "on the allow list", text);
        }
        for (const text of ["9.9.9.10", "8.9.0.1", "mail.corp.example", "notcorp.example"]) {
            assert.equal(reason(text, list), undefined, text);
        }
        assert.throws(() => new AllowList(["8.8.8.8", "corp"]), /"corp" is not an address/);
    });

    it("refuses single labels", () => {
        assert.equal(refusal({ type: "domain", value: "localhost" }), "single-label name");
        assert.equal(refusal({ type: "url", value: "http://intranet/x" }), "single-label name");
    });
});
