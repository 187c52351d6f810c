import assert from "node:assert/strict";
import { communityId } from "./community-id";

describe("community id", () => {
    /** From the specification's own examples. */
    const PUBLISHED = [
        ["tcp", "128.232.110.120", 34855, "66.35.250.204", 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="],
        ["udp", "192.168.1.52", 54585, "8.8.8.8", 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="],
    ] as const;
    for (const [transport, address, port, otherAddress, otherPort, expected] of PUBLISHED) {
        it(`names a ${transport} flow as others do, in both directions`, () => {
            const ends = [
                { address, port },
                { address: otherAddress, port: otherPort },
            ];
            assert.equal(communityId(transport, ends[0], ends[1]), expected);
            assert.equal(communityId(transport, ends[1], ends[0]), expected);
        });
    }

    it("tells ends of one address apart by their ports, and knows IPv6", () => {
        const [low, high] = [80, 9000].map((port) => ({ address: "2001:db8::1", port }));
        assert.equal(communityId("tcp", low, high), communityId("tcp", high, low));
        assert.notEqual(communityId("tcp", low, high), communityId("udp", low, high));
        assert.equal(
            communityId("tcp", low, high),
            communityId("tcp", { ...low, address: "2001:0db8:0:0:0:0:0:1" }, high),
        );
    });

    it("names nothing without ports or addresses", () => {
        const end = { address: "192.0.2.1", port: 80 };
        assert.equal(communityId("icmp", end, end), undefined);
        assert.equal(communityId("constructor", end, end), undefined);
        assert.equal(communityId("tcp", end, { ...end, address: "2001:db8::1" }), undefined);
        assert.equal(communityId("tcp", end, { ...end, address: "somewhere" }), undefined);
        assert.equal(communityId("tcp", end, { ...end, port: -1 }), undefined);
        assert.equal(communityId("tcp", end, { ...end, port: 65536 }), undefined);
    });
});
