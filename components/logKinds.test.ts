import assert from "node:assert/strict";
import { SOURCE_KINDS, SourceKind, sources } from "../config/sources";
import { kinds } from "../functions/sources/registry";
import { keyPrefix, KINDS, waysOf } from "./logKinds";

function accepts(kind: SourceKind, settings: object): boolean {
    return sources.safeParse({ [kind]: settings }).success;
}

describe("the kinds of log", () => {
    it("are those that can be decoded", () => {
        assert.deepEqual([...SOURCE_KINDS].sort(), [...kinds].sort());
    });

    for (const kind of SOURCE_KINDS) {
        it(`${kind} comes the ways that its settings offer`, () => {
            assert.equal(accepts(kind, { bucket: {} }), KINDS[kind].bucket !== undefined);
            assert.equal(accepts(kind, { logGroup: {} }), KINDS[kind].logGroup !== undefined);
            assert.ok(accepts(kind, {}));
        });

        it(`${kind} comes some way when none is asked for`, () => {
            const { bucket, logGroup } = waysOf(kind, {});
            assert.equal([bucket, logGroup, KINDS[kind].events].filter(Boolean).length, 1);
        });
    }

    it("come only the way that is asked for", () => {
        assert.deepEqual(waysOf("vpcflow", { bucket: {} }), { bucket: {}, logGroup: undefined });
        assert.throws(() => waysOf("waf", { logGroup: {} }), /waf logs cannot come from a logGroup/);
    });
});

describe("keyPrefix", () => {
    const way = KINDS.alb.bucket!;

    it("is where the service puts this account's logs, or all accounts' of the organization", () => {
        assert.equal(keyPrefix(way, "222222222222", {}), "AWSLogs/222222222222/elasticloadbalancing/");
        assert.equal(keyPrefix(way, "222222222222", { organization: true }), "AWSLogs/");
    });

    it("is the user's where there is one", () => {
        assert.equal(keyPrefix(way, "222222222222", { name: "central", prefix: "shop/" }), "shop/");
    });

    it("is nothing for a writer without a layout", () => {
        assert.equal(keyPrefix(KINDS.s3access.bucket!, "222222222222", {}), "");
    });
});
