import assert from "node:assert/strict";
import { Fields, splitFields } from "../bytes/fields";
import { AddressAndPort } from "./endpoint";

function read(text: string): (string | undefined)[] {
    const fields = new Fields(1);
    const bytes = Buffer.from(text);
    splitFields(fields, bytes, 0, bytes.length);
    const endpoint = new AddressAndPort();
    if (!endpoint.read(fields, 0)) {
        return [];
    }
    const { start, end, port } = endpoint;
    return [
        bytes.toString("utf8", start, end),
        port < 0 ? undefined : bytes.toString("utf8", port, fields.ends[0]),
    ];
}

describe("AddressAndPort", () => {
    it("splits an address and a port", () => {
        assert.deepEqual(read("192.0.2.1:443"), ["192.0.2.1", "443"]);
        assert.deepEqual(read("[2001:db8::1]:443"), ["2001:db8::1", "443"]);
        assert.deepEqual(read("2001:db8::1:443"), ["2001:db8::1", "443"]);
        assert.deepEqual(read("192.0.2.1"), ["192.0.2.1", undefined]);
    });

    it("takes no port that is none", () => {
        assert.deepEqual(read("192.0.2.1:x"), ["192.0.2.1", undefined]);
        assert.deepEqual(read("192.0.2.1:65536"), ["192.0.2.1", undefined]);
        assert.deepEqual(read("192.0.2.1:0080"), ["192.0.2.1", "80"]);
        assert.deepEqual(read("-"), []);
    });
});
