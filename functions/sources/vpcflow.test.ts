import assert from "node:assert/strict";
import { Pair, PairScorer } from "../enrichment/enricher";
import * as fc from "fast-check";
import { Enrichment } from "../enrichment/enrichment";
import { CONTEXT, documentsOf, enrichmentOf, Json, OutcomeOptions } from "./testing";
import { vpcflow } from "./vpcflow";

const OK = "2 123456789012 eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK";
const HEADER =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

async function run(text: string, format?: string, options: OutcomeOptions = {}) {
    const outcome = await documentsOf(vpcflow(format), text, options);
    const { report } = outcome;
    assert.equal(report.in, report.documents + report.quarantined + report.skipped);
    return outcome;
}

async function one(text: string, format?: string, options?: OutcomeOptions): Promise<Json> {
    const { documents, quarantined } = await run(text, format, options);
    assert.deepEqual(quarantined, []);
    assert.equal(documents.length, 1);
    delete documents[0].event.id;
    return documents[0];
}

const DOCUMENT = {
    "@timestamp": "2023-11-14T22:14:20.000Z",
    event: {
        dataset: "aws.vpcflow",
        kind: "event",
        category: ["network"],
        type: ["connection", "denied"],
        action: "REJECT",
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
};

describe("vpcflow", () => {
    it("makes the ECS document of a version 2 line, with and without a header or a format", async () => {
        assert.deepEqual(await one(OK), DOCUMENT);
        assert.deepEqual(await one(`${HEADER}\n${OK}\n`), DOCUMENT);
        assert.deepEqual(await one(OK, HEADER), DOCUMENT);
        assert.deepEqual(await one(OK, HEADER.replace(/\S+/g, "${$&}")), DOCUMENT);
    });

    it("keeps the line where that is wished for", async () => {
        const enrichment = new Enrichment({ keepOriginal: true });
        assert.equal((await one(`${OK}\r\n`, undefined, { enrichment })).event.original, OK);
        const wrapped = await one(JSON.stringify({ message: ` ${OK}\n` }), undefined, { enrichment });
        assert.equal(wrapped.event.original, OK);
    });

    it("tells allowed connections", async () => {
        const { event, aws } = await one(OK.replace("REJECT", "ACCEPT"));
        assert.deepEqual(
            [event.type, event.action, event.outcome, aws.vpcflow.action],
            [["connection", "allowed"], "ACCEPT", "success", "ACCEPT"],
        );
    });

    for (const status of ["NODATA", "SKIPDATA"]) {
        it(`keeps lines with ${status}`, async () => {
            const flow = await one(`2 123456789012 eni-1 - - - - - - - 1700000000 1700000060 - ${status}`);
            assert.deepEqual(
                [flow.source, flow.destination, flow.network, flow.related],
                [undefined, undefined, undefined, undefined],
            );
            assert.deepEqual(flow.event, {
                dataset: "aws.vpcflow",
                kind: "event",
                category: ["network"],
                type: ["connection"],
                start: "2023-11-14T22:13:20.000Z",
                end: "2023-11-14T22:14:20.000Z",
            });
            assert.equal(flow.aws.vpcflow.log_status, status);
        });
    }

    it("follows the header, whatever its order, and keeps unknown fields", async () => {
        const header =
            "account-id instance-id srcaddr dstaddr end tcp-flags flow-direction pkt-srcaddr region sublocation-type " +
            "sublocation-id traffic-path some-new-field";
        const line =
            "unknown i-1 2001:db8::1 2001:DB8::2 1700000060 18 ingress 2001:db8::3 us-east-1 outpost op-1 4 x";
        const flow = await one(`${header}\n${line}\n`);
        assert.equal(flow["@timestamp"], "2023-11-14T22:14:20.000Z");
        assert.equal("start" in flow.event, false);
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
                pkt_srcaddr: "2001:db8::3",
                traffic_path: "4",
                some_new_field: "x",
                tcp_flags_array: ["syn", "ack"],
                sublocation: { type: "outpost", id: "op-1" },
            },
        });
        assert.deepEqual(flow.related, { ip: ["2001:db8::1", "2001:db8::2", "2001:db8::3"] });
    });

    it("takes a new header in the middle: files are joined", async () => {
        const { documents, report } = await run(
            `${OK}\n${HEADER}\n${OK}\ndstaddr srcaddr end region account-id\n` +
                "10.0.0.5 203.0.113.9 1700000060 us-east-1 123456789012\n" +
                "10.0.0.5 203.0.113.9 1700000060 us-west-2 123456789012\n" +
                `end srcaddr account-id\n1700000060 203.0.113.9 123456789012\n${HEADER}\n${OK}\n`,
        );
        assert.deepEqual([report.in, report.documents], [6, 6]);
        assert.ok(documents.every(({ source }) => source.ip === "203.0.113.9"));
        assert.deepEqual(
            documents.map(({ cloud }) => cloud.region),
            ["eu-west-1", "eu-west-1", "us-east-1", "us-west-2", "eu-west-1", "eu-west-1"],
        );
    });

    it("tells the account of each line", async () => {
        const lines = ["123456789012", "123456789013", "unknown", "-", "123456789012"].map((account) =>
            OK.replace("123456789012", account),
        );
        const { documents } = await run(lines.join("\n"));
        assert.deepEqual(
            documents.map(({ cloud }) => cloud.account.id),
            ["123456789012", "123456789013", CONTEXT.accountId, CONTEXT.accountId, "123456789012"],
        );
        const nowhere = { context: { ...CONTEXT, accountId: "", region: "" } };
        assert.deepEqual((await one(lines[2], undefined, nowhere)).cloud, { provider: "aws" });
    });

    /** Without a header or a format the number of fields tells. */
    const TAILS = [
        "vpc-1 subnet-1 i-1 19 IPv4 203.0.113.9 10.0.0.6",
        "eu-central-1 euc1-az1 outpost op-1",
        "AMAZON S3 egress 8",
        "arn:cluster blue arn:instance ci-1 c-1 c-2 web arn:definition arn:task t-1",
        "BPA",
        "nat-1",
        "encrypted",
        "a b c d e f interface eni-2 subnet-2 az-2 vpc-2 interface",
    ];
    it("takes all fields of versions 3 to 11 by their number", async () => {
        let line = OK;
        const flows: Json[] = [];
        for (const tail of TAILS) {
            line = `${line} ${tail}`;
            flows.push(await one(line));
        }
        const [v3, v4, v5, v7, v8, , , v11] = flows;
        assert.deepEqual(v3.aws.vpcflow, {
            ...DOCUMENT.aws.vpcflow,
            vpc_id: "vpc-1",
            subnet_id: "subnet-1",
            instance_id: "i-1",
            tcp_flags: "19",
            type: "IPv4",
            pkt_srcaddr: "203.0.113.9",
            pkt_dstaddr: "10.0.0.6",
            tcp_flags_array: ["fin", "syn", "ack"],
        });
        assert.deepEqual(v3.cloud.instance, { id: "i-1" });
        assert.deepEqual(v3.related.ip, ["203.0.113.9", "10.0.0.5", "10.0.0.6"]);
        assert.deepEqual(v4.cloud, {
            provider: "aws",
            account: { id: "123456789012" },
            region: "eu-central-1",
            availability_zone: "euc1-az1",
            instance: { id: "i-1" },
        });
        assert.deepEqual(v4.aws.vpcflow.sublocation, { type: "outpost", id: "op-1" });
        assert.equal(v5.network.direction, "egress");
        const { pkt_src_service, pkt_dst_service, traffic_path } = v5.aws.vpcflow;
        assert.deepEqual([pkt_src_service, pkt_dst_service, traffic_path], ["AMAZON", "S3", "8"]);
        assert.deepEqual(v7.orchestrator, {
            cluster: { id: "arn:cluster", name: "blue" },
            resource: { id: "ci-1", name: "arn:instance" },
        });
        assert.deepEqual(v7.service, { name: "web" });
        assert.equal(v7.aws.vpcflow.ecs_task_id, "t-1");
        assert.equal(v8.event.reason, "BPA");
        const { resource_id, encryption_status, instance_tag, next_hop_vpc_id, next_hop_interface_type } =
            v11.aws.vpcflow;
        assert.deepEqual(
            [resource_id, encryption_status, instance_tag, next_hop_vpc_id, next_hop_interface_type],
            ["nat-1", "encrypted", "a", "vpc-2", "interface"],
        );
        assert.deepEqual(v11.source, DOCUMENT.source);
    });

    it("takes the formats that AWS's guides show", async () => {
        const version3 = await one(
            "3 vpc-1 subnet-1 i-1 eni-1 123456789012 IPv4 203.0.113.9 10.0.0.5 51000 443 203.0.113.9 10.0.0.6 6 800 7 " +
                "1700000000 1700000060 REJECT 3 OK",
        );
        assert.deepEqual(
            [version3.source, version3.destination, version3.network, version3.cloud.account.id],
            [DOCUMENT.source, DOCUMENT.destination, DOCUMENT.network, "123456789012"],
        );
        assert.deepEqual(version3.aws.vpcflow.tcp_flags_array, ["fin", "syn"]);
        const flags = await one(
            "3 eni-1 123456789012 vpc-1 subnet-1 i-1 203.0.113.9 10.0.0.5 51000 443 6 7 IPv4 203.0.113.9 10.0.0.6 " +
                "REJECT OK",
            undefined,
            { context: { ...CONTEXT, time: 0 } },
        );
        assert.deepEqual(
            [flags.source.port, flags.event.action, flags.aws.vpcflow.vpc_id],
            [51000, "REJECT", "vpc-1"],
        );
        const nat = await one("i-1 eni-1 10.0.0.1 10.0.0.2 10.0.0.3 203.0.113.9", undefined, {
            context: { ...CONTEXT, time: 1_700_000_000_000 },
        });
        assert.deepEqual([nat.source.ip, nat.destination.ip], ["10.0.0.1", "10.0.0.2"]);
        assert.deepEqual(nat.related.ip, ["10.0.0.1", "10.0.0.2", "10.0.0.3", "203.0.113.9"]);
        const transit = await one(
            "6 TransitGateway 123456789012 tgw-1 tgw-attach-1 333333333333 444444444444 vpc-1 vpc-2 subnet-1 " +
                "subnet-2 eni-1 eni-2 az-1 az-2 tgw-attach-2 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 " +
                "1700000060 OK IPv4 0 1 2 3 2 us-east-2 ingress - S3",
        );
        assert.deepEqual(transit.source, DOCUMENT.source);
        assert.deepEqual(transit.destination, DOCUMENT.destination);
        assert.deepEqual(transit.network, { ...DOCUMENT.network, direction: "ingress" });
        assert.equal(transit.cloud.region, "us-east-2");
        const {
            resource_type,
            tgw_src_vpc_account_id,
            packets_lost_mtu_exceeded,
            tcp_flags_array,
            pkt_dst_service,
        } = transit.aws.vpcflow;
        assert.deepEqual(
            [
                resource_type,
                tgw_src_vpc_account_id,
                packets_lost_mtu_exceeded,
                tcp_flags_array,
                pkt_dst_service,
            ],
            ["TransitGateway", "333333333333", "2", ["syn"], "S3"],
        );
    });

    it("falls back to the time of delivery, start and end in turn", async () => {
        const timeOf = async (text: string, time?: number) =>
            (await one(text, undefined, { context: { ...CONTEXT, time } }))["@timestamp"];
        assert.equal(await timeOf(OK.replace("1700000060", "-")), "2023-11-14T22:13:20.000Z");
        assert.equal(await timeOf(OK.replace("1700000000", "-"), 1), "2023-11-14T22:14:20.000Z");
        assert.equal(
            await timeOf(OK.replace("1700000000 1700000060", "- -"), 1_700_000_001_234),
            "2023-11-14T22:13:21.234Z",
        );
    });

    it("unwraps lines that a forwarder put into JSON", async () => {
        assert.deepEqual(await one(JSON.stringify({ message: OK, other: [1] })), DOCUMENT);
        assert.deepEqual(await one(`${HEADER}\n${JSON.stringify({ message: OK })}\n`), DOCUMENT);
        const bad: [string, string][] = [
            ["{}", "no message with a flow log line"],
            ['{"message":1}', "no message with a flow log line"],
            ['{"message":"{}"}', "no message with a flow log line"],
            ['{"message":"x"}', "1 fields, and no format is set that has so many"],
            ['{"__proto__":{"message":"2"}}', "no message with a flow log line"],
            [`{"message":"${OK}"`, "neither a flow log line nor JSON"],
        ];
        for (const [line, reason] of bad) {
            const { quarantined } = await run(line);
            assert.deepEqual([quarantined[0].reason, quarantined[0].raw], [reason, line]);
        }
    });

    it("takes the format as AWS shows it, and refuses what is none", async () => {
        const flow = await one("1.2.3.4 1700000000", "${srcaddr} ${start}");
        assert.deepEqual([flow.source.ip, flow["@timestamp"]], ["1.2.3.4", "2023-11-14T22:13:20.000Z"]);
        for (const format of ["srcaddr, dstaddr", "end end", "", "  ", "srcaddr __proto__", "Srcaddr"]) {
            assert.throws(() => vpcflow(format), /not a flow log format/, format);
        }
    });

    it("stands a header with any names", async () => {
        const flow = await one("srcaddr end constructor\n1.2.3.4 1700000000 x\n");
        assert.deepEqual(flow.aws, { vpcflow: { constructor: "x" } });
        const names = Array.from({ length: 200 }, (_, i) => `f${i}`).join(" ");
        const { report } = await run(`srcaddr ${names}\n1.2.3.4 ${names}\n${HEADER}\n${OK}\n`);
        assert.deepEqual([report.in, report.quarantined, report.documents], [2, 1, 1]);
    });

    it("tells protocols by name where they have one", async () => {
        const network = async (protocol: string) => (await one(OK.replace(" 6 ", ` ${protocol} `))).network;
        assert.deepEqual((await network("17")).transport, "udp");
        assert.deepEqual((await network("58")).transport, "ipv6-icmp");
        const unknown = await network("253");
        assert.deepEqual([unknown.iana_number, "transport" in unknown], ["253", false]);
        assert.equal("iana_number" in (await network("-")), false);
    });

    it("looks up both ends and the packet's own ends", async () => {
        const format = "srcaddr dstaddr pkt-srcaddr pkt-dstaddr end";
        const fieldsOf = async (line: string) => {
            const enrichment = enrichmentOf({ type: "cidr", value: "203.0.113.0/24" });
            const { threat } = await one(line, format, { enrichment });
            return ((threat.enrichments ?? []) as Json[]).map(
                ({ matched }) => `${matched.field} ${matched.atomic}`,
            );
        };
        assert.deepEqual(await fieldsOf("10.0.0.1 10.0.0.2 10.0.0.1 10.0.0.2 1"), []);
        assert.deepEqual(await fieldsOf("203.0.113.1 10.0.0.2 203.0.113.1 10.0.0.2 1"), [
            "source.ip 203.0.113.1",
        ]);
        assert.deepEqual(await fieldsOf("10.0.0.1 203.0.113.2 10.0.0.3 - 1"), ["destination.ip 203.0.113.2"]);
        assert.deepEqual(await fieldsOf("10.0.0.1 10.0.0.2 203.0.113.3 203.0.113.4 1"), [
            "aws.vpcflow.pkt_srcaddr 203.0.113.3",
            "aws.vpcflow.pkt_dstaddr 203.0.113.4",
        ]);
    });

    const bad: [string, string][] = [
        [OK.replace(" OK", ""), "13 fields, and no format is set that has so many"],
        [`${OK} more`, "15 fields, and no format is set that has so many"],
        [OK.replace("203.0.113.9", "203.0.113.999"), "bad srcaddr"],
        [OK.replace("10.0.0.5", "example"), "bad dstaddr"],
        [OK.replace("51000", "65536"), "bad srcport"],
        [OK.replace("443", "0x1bb"), "bad dstport"],
        [OK.replace(" 800 ", " 8e2 "), "bad bytes"],
        [OK.replace(" 800 ", " 9007199254740993 "), "bad bytes"],
        [OK.replace(" 7 ", " -7 "), "bad packets"],
        [OK.replace(" 6 ", " 256 "), "bad protocol"],
        [OK.replace("1700000060", "99999999999999"), "bad end"],
        [OK.replace("1700000000", "253402300800"), "bad start"],
        [OK.replace("REJECT", "reject"), "bad action"],
        [OK.replace(" OK", " O"), "bad log-status"],
        [OK.replace("eni-1", ""), "bad interface-id"],
        [OK.replace("1700000000 1700000060", "- -"), "neither start nor end"],
        [`${OK} vpc-1 subnet-1 i-1 19 IPv4 203.0.113 10.0.0.6`, "bad pkt-srcaddr or pkt-dstaddr"],
        ["plain text", "2 fields, and no format is set that has so many"],
        [" ", "2 fields, and no format is set that has so many"],
        ["\u0000", "1 fields, and no format is set that has so many"],
    ];
    for (const [line, reason] of bad) {
        it(`quarantines: ${reason}`, async () => {
            const { documents, quarantined } = await run(`${OK}\n${line}\n${OK}\n`);
            assert.deepEqual(quarantined, [
                { dataset: "aws.vpcflow", origin: CONTEXT.origin, record: 2, reason, raw: line },
            ]);
            assert.equal(documents.length, 2);
        });
    }

    it("says how many fields the format has", async () => {
        const { quarantined } = await run(`${HEADER}\n${OK} more\n${OK.slice(0, -3)}\n`);
        assert.deepEqual(
            quarantined.map(({ reason }) => reason),
            ["15 fields where the format has 14", "13 fields where the format has 14"],
        );
    });

    it("writes any text of a field so that it reads back", async () => {
        const text = fc
            .string({ unit: "binary", minLength: 1 })
            .map((value) => Buffer.from(value.replace(/[ \n]/g, "")).toString("utf8"))
            // A carriage return before the line feed is not the line's.
            .filter((value) => value !== "" && value !== "-");
        await fc.assert(
            fc.asyncProperty(
                text,
                fc.constantFrom("interface-id", "az-id", "ecs-cluster-name"),
                async (value, name) => {
                    const flow = await one(`${value} 1700000000 1.2.3.4`, `${name} end srcaddr`);
                    const place = {
                        "interface-id": () => flow.aws.vpcflow.interface_id,
                        "az-id": () => flow.cloud.availability_zone,
                        "ecs-cluster-name": () => flow.orchestrator.cluster.name,
                    }[name];
                    // A byte order mark at the start of a file is not the first line's.
                    assert.equal(place?.(), value.replace(/^\ufeff/, ""));
                },
            ),
            { numRuns: 200 },
        );
    });

    it("stands lines of 1 MB", async () => {
        const long = "\u0001".repeat(900_000);
        const { documents, quarantined } = await run(
            `${OK}\n${"1 ".repeat(400_000)}\n${OK.replace("eni-1", long)}\n${OK}\n`,
            undefined,
            { enrichment: new Enrichment({ keepOriginal: true }) },
        );
        assert.equal(documents.length, 3);
        assert.equal(documents[1].aws.vpcflow.interface_id, long);
        assert.equal(quarantined[0].reason, "400001 fields, and no format is set that has so many");
    });

    it("tells which interface talks to which public address, to whoever scores that", async () => {
        const asked: Pair[] = [];
        const scorer: PairScorer = {
            name: "test",
            score: (pairs) => {
                asked.push(...pairs);
                return Promise.resolve(pairs.map(() => 7));
            },
        };
        const { documents } = await documentsOf(vpcflow(), `${OK}\n`, {
            enrichment: new Enrichment({ scorer }),
        });
        assert.deepEqual(asked, [{ entity: "eni-1", ip: "203.0.113.9" }]);
        assert.deepEqual(documents[0].threat, { anomaly: { score: 7 } });
    });
});
