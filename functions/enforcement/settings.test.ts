import assert from "node:assert/strict";
import { parsePlaces } from "./settings";

describe("parsePlaces", () => {
    it("takes every place with its settings", () => {
        const places = [
            { place: "waf", scope: "REGIONAL", ipv4Sets: [{ id: "i", name: "n" }], ipv6Sets: [] },
            {
                place: "guardduty",
                detectorId: "d",
                bucket: "b",
                threatIntelSets: ["t"],
                threatEntitySets: [],
            },
            { place: "dns-firewall", domainListId: "l", bucket: "b", room: 10 },
            { place: "network-firewall", suricataGroupArn: "arn", action: "alert" },
        ];
        assert.deepEqual(parsePlaces(JSON.stringify(places)), places);
    });

    it("names the place and the field that is wrong", () => {
        const message = (places: unknown) => {
            try {
                parsePlaces(typeof places === "string" ? places : JSON.stringify(places));
            } catch (error) {
                return (error as Error).message;
            }
            return undefined;
        };
        assert.match(message("{") ?? "", /settings\/places\.json must be a JSON list/);
        assert.match(
            message([null]) ?? "",
            /place 0 of settings\/places\.json must be one of waf, guardduty/,
        );
        assert.match(message([{ place: "moat" }]) ?? "", /place 0 of .* must be one of/);
        const waf = { place: "waf", scope: "GLOBAL", ipv4Sets: [], ipv6Sets: [] };
        assert.match(message([waf]) ?? "", /place 0 of .* \(waf\): scope is missing or wrong/);
        const sets = [{ id: 1, name: "n" }];
        assert.match(
            message([{ ...waf, scope: "REGIONAL", ipv4Sets: sets }]) ?? "",
            /ipv4Sets is missing or wrong/,
        );
        const dns = { place: "dns-firewall", domainListId: "l", bucket: "b", room: -1 };
        assert.match(message([dns]) ?? "", /room is missing or wrong/);
    });
});
