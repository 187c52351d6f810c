import assert from "node:assert/strict";
import { Malformed } from "./source";
import { vpcflow, VpcFlowRecord } from "./vpcflow";

const CONTEXT = { accountId: "222222222222", region: "eu-west-1", origin: "o", version: "v" };
const OK = "2 123456789012 eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK";

function decode(text: string, format?: string): (VpcFlowRecord | Malformed)[] {
    const decoder = vpcflow(format).decoder();
    return [...decoder.decode(Buffer.from(text)), ...decoder.end()] as (VpcFlowRecord | Malformed)[];
}

function document(text: string, format?: string) {
    const [record] = decode(text, format);
    assert.ok(!(record instanceof Malformed), (record as Malformed).reason);
    return JSON.parse(JSON.stringify(vpcflow().toDocument(record, CONTEXT))) as Record<string, unknown>;
}

describe("vpcflow", () => {
    it("makes the ECS document of a version 2 line", () => {
        assert.deepEqual(document(OK), {
            "@timestamp": "2023-11-14T22:14:20.000Z",
            event: {
                dataset: "aws.vpcflow",
                kind: "event",
                category: ["network"],
                type: ["connection", "denied"],
                action: "reject",
                outcome: "failure",
                start: "2023-11-14T22:13:20.000Z",
                end: "2023-11-14T22:14:20.000Z",
            },
            ecs: { version: "8.11.0" },
            cloud: { provider: "aws", account: { id: "123456789012" }, region: "eu-west-1" },
            source: { address: "203.0.113.9", ip: "203.0.113.9", port: 51000, bytes: 800, packets: 7 },
            destination: { address: "10.0.0.5", ip: "10.0.0.5", port: 443 },
            network: { iana_number: "6", transport: "tcp", type: "ipv4", bytes: 800, packets: 7 },
            related: { ip: ["203.0.113.9", "10.0.0.5"] },
            aws: {
                vpcflow: {
                    version: "2",
                    account_id: "123456789012",
                    interface_id: "eni-1",
                    action: "REJECT",
                    log_status: "OK",
                },
            },
        });
    });

    it("keeps lines without data", () => {
        const nodata = document("2 123456789012 eni-1 - - - - - - - 1700000000 1700000060 - NODATA");
        assert.deepEqual(nodata.source, undefined);
        assert.deepEqual(nodata.network, undefined);
        assert.deepEqual((nodata.event as { type: string[] }).type, ["connection"]);
    });

    it("follows the header, whatever its order, and keeps unknown fields", () => {
        const header =
            "account-id instance-id srcaddr dstaddr end tcp-flags flow-direction pkt-srcaddr region sublocation-type " +
            "sublocation-id traffic-path some-new-field";
        const line =
            "unknown i-1 2001:db8::1 2001:db8::2 1700000060 18 ingress 2001:db8::3 us-east-1 outpost op-1 4 x";
        const text = `${header}\n${line}\n`;
        const flow = document(text);
        assert.deepEqual(flow["@timestamp"], "2023-11-14T22:14:20.000Z");
        assert.deepEqual(flow.cloud, {
            provider: "aws",
            account: { id: "222222222222" },
            region: "us-east-1",
            instance: { id: "i-1" },
        });
        assert.deepEqual(flow.network, { type: "ipv6", direction: "ingress" });
        assert.deepEqual(flow.aws, {
            vpcflow: {
                account_id: "unknown",
                instance_id: "i-1",
                tcp_flags: "18",
                flow_direction: "ingress",
                pkt_srcaddr: "2001:db8::3",
                traffic_path: "4",
                some_new_field: "x",
                tcp_flags_array: ["syn", "ack"],
                sublocation: { type: "outpost", id: "op-1" },
            },
        });
        assert.deepEqual(flow.related, { ip: ["2001:db8::1", "2001:db8::2", "2001:db8::3"] });
        assert.deepEqual(
            vpcflow()
                .observables(decode(text)[0] as VpcFlowRecord)
                .ips.map(({ value, role }) => `${role} ${value}`),
            ["source 2001:db8::1", "destination 2001:db8::2", "source 2001:db8::3"],
        );
    });

    it("takes the format as AWS shows it, and refuses what is none", () => {
        assert.equal(decode("1.2.3.4 1700000000", "${srcaddr} ${start}").length, 1);
        assert.throws(() => vpcflow("srcaddr, dstaddr"), /not a flow log format/);
        assert.throws(() => vpcflow("end end"), /not a flow log format/);
        assert.throws(() => vpcflow(""), /not a flow log format/);
    });

    const bad: [string, string][] = [
        [OK.replace(" OK", ""), "13 fields where the format has 14"],
        [`${OK} more`, "15 fields where the format has 14"],
        [OK.replace("203.0.113.9", "203.0.113.999"), "bad srcaddr"],
        [OK.replace("10.0.0.5", "example"), "bad dstaddr"],
        [OK.replace("51000", "65536"), "bad srcport"],
        [OK.replace("443", "0x1bb"), "bad dstport"],
        [OK.replace(" 800 ", " 8e2 "), "bad bytes"],
        [OK.replace(" 800 ", " 9007199254740993 "), "bad bytes"],
        [OK.replace(" 7 ", " -7 "), "bad packets"],
        [OK.replace(" 6 ", " 256 "), "bad protocol"],
        [OK.replace("1700000060", "99999999999999"), "bad end"],
        [OK.replace("REJECT", "reject"), "bad action"],
        [OK.replace(" OK", " O"), "bad log-status"],
        [OK.replace("eni-1", ""), "bad interface-id"],
        [OK.replace("1700000000 1700000060", "- -"), "neither start nor end"],
    ];
    for (const [line, reason] of bad) {
        it(`quarantines: ${reason}`, () => {
            const [before, record, after] = decode(`${OK}\n${line}\n${OK}\n`);
            assert.ok(record instanceof Malformed);
            assert.equal(record.reason, reason);
            assert.equal(record.raw, line);
            assert.ok(!(before instanceof Malformed) && !(after instanceof Malformed));
        });
    }
});
