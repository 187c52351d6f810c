import assert from "node:assert/strict";
import { parseTextFeed } from "./text";

describe("parseTextFeed", () => {
    it("takes the first column of each line, once for each value", () => {
        const text = [
            "\ufeff# a comment",
            "1.2.3.4 # seen today",
            "1.2.3.4",
            "5.6.7.0/24 ; SBL1",
            "evil.example,2026-01-01",
            "Evil2.example\tx",
            "http://x.example/a,b?c=1",
            '"http://y.example/","x"',
            "",
            "first_seen,ip",
        ].join("\r\n");
        const now = new Date("2026-01-02T03:04:05Z");
        const { indicators, refused } = parseTextFeed(text, "list", now);
        assert.deepEqual(
            indicators.map(({ value }) => value),
            [
                "1.2.3.4",
                "5.6.7.0/24",
                "evil.example",
                "evil2.example",
                "http://x.example/a,b?c=1",
                "http://y.example/",
            ],
        );
        assert.deepEqual(refused, [{ line: 10, text: "first_seen,ip", reason: "not an indicator" }]);
        assert.deepEqual(indicators[0], {
            type: "ipv4",
            value: "1.2.3.4",
            feeds: ["list"],
            firstSeen: now.toISOString(),
            lastSeen: now.toISOString(),
            expiresAt: 1767323045 + 30 * 86400,
            confidence: 50,
        });
    });
});
