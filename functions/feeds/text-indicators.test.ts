import assert from "node:assert/strict";
import { parseTextIndicators, readTextIndicators } from "./text-indicators";

describe("indicators of a text", () => {
    const text = [
        "\ufeff# a comment",
        "1.2.3.4 # seen today",
        "1.2.3.4",
        "Evil2.example\tx",
        "0.0.0.0 evil.example",
        "",
        "first_seen,ip",
    ].join("\r\n");
    const seen = new Date("2026-01-02T03:04:05Z");
    const origin = { feed: "list", seen };

    it("are in normal form, once each, and dated by the list", () => {
        const { indicators, invalid } = parseTextIndicators(text, origin);
        assert.deepEqual(
            indicators.map(({ value }) => value),
            ["1.2.3.4", "evil2.example", "evil.example"],
        );
        assert.deepEqual(invalid, ["first_seen"]);
        assert.deepEqual(indicators[0], {
            type: "ipv4",
            value: "1.2.3.4",
            feeds: ["list"],
            firstSeen: seen.toISOString(),
            lastSeen: seen.toISOString(),
            confidence: 50,
        });
    });

    it("are the same when it comes in pieces", async () => {
        const pieces = (async function* () {
            for (const byte of Buffer.from(text)) {
                yield Buffer.from([byte]);
            }
        })();
        assert.deepEqual(await readTextIndicators(pieces, origin), parseTextIndicators(text, origin));
    });
});
