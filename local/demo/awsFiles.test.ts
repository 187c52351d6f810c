import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { SourceKind } from "../../config/sources";
import { FileName, KEYS } from "../traffic/keys";
import { findAwsFiles, RecordCounter } from "./awsFiles";

const NAME: FileName = {
    accountId: "222222222222",
    region: "eu-west-1",
    time: new Date("2026-11-24T14:31:07Z"),
    unique: "0123456789abcdef",
};

describe("real log files", () => {
    let root: string;
    const place = (file: string, bytes: string | Buffer = "x") => {
        fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        fs.writeFileSync(path.join(root, file), bytes);
    };
    const found = () =>
        findAwsFiles(root).files.map(({ kind, accountId, region }) => [kind, accountId, region]);

    beforeEach(() => {
        root = fs.mkdtempSync(path.join(os.tmpdir(), "logs-"));
    });
    afterEach(() => fs.rmSync(root, { recursive: true }));

    for (const [name, keyOf] of Object.entries(KEYS)) {
        it(`are found by the name that AWS gives: ${name}`, () => {
            const kind = (name === "cloudtrailDigest" ? "cloudtrail" : name) as SourceKind;
            place(keyOf(NAME));
            // Without the folders around it.
            place(path.join("flat", path.basename(keyOf(NAME))));
            assert.deepEqual(
                found().map(([which]) => which),
                [kind, kind],
            );
        });
    }

    it("tell their account and region, whatever lies above, also in an organization's bucket", () => {
        place("a/AWSLogs/222222222222/WAFLogs/us-east-1/acl/2026/x.log.gz");
        place("b/AWSLogs/o-abcdefghij/333333333333/vpcflowlogs/eu-west-1/2026/y.log");
        assert.deepEqual(found(), [
            ["waf", "222222222222", "us-east-1"],
            ["vpcflow", "333333333333", "eu-west-1"],
        ]);
    });

    it("are sent on below a folder of their service, where they lay in none", () => {
        place("218007301253_CloudTrail_us-east-1_20230710T1145Z_7xgocspSowgK0Gto.json.gz");
        const [file] = findAwsFiles(root).files;
        assert.deepEqual(
            [file.accountId, file.region, file.key],
            [
                "218007301253",
                "us-east-1",
                "CloudTrail/us-east-1/218007301253_CloudTrail_us-east-1_20230710T1145Z_7xgocspSowgK0Gto.json.gz",
            ],
        );
    });

    it("of connections and of classic load balancers are the application load balancers'", () => {
        const folder = "AWSLogs/222222222222/elasticloadbalancing/us-east-1/2026/11/24";
        place(
            `${folder}/conn_log.222222222222_elasticloadbalancing_us-east-1_app.x.1_2026_10.0.0.1_a.log.gz`,
        );
        place(`${folder}/222222222222_elasticloadbalancing_us-east-1_classic_2026_10.0.0.1_a.log`);
        assert.deepEqual(
            found().map(([kind]) => kind),
            ["alb", "alb"],
        );
    });

    it("of CloudFront's older logs lie anywhere", () => {
        place("cdn/EMLARXS9EXAMPLE.2026-11-24-20.RT4KCN4SGK9.gz");
        const [file] = findAwsFiles(root).files;
        assert.deepEqual(
            [file.kind, file.key],
            ["cloudfront", "CloudFront/EMLARXS9EXAMPLE.2026-11-24-20.RT4KCN4SGK9.gz"],
        );
    });

    it("are named with the reason when nothing here reads them", () => {
        place("AWSLogs/222222222222/Config/us-east-1/z.json.gz");
        place("notes.txt");
        const { files, unknown } = findAwsFiles(root);
        assert.deepEqual(files, []);
        assert.match(unknown.join("\n"), /no source here reads Config\n.*notes\.txt: not named/);
    });

    it("are counted without the lines that are no records", () => {
        const counter = new RecordCounter();
        const text = (kind: SourceKind, lines: readonly string[]) =>
            counter.count(kind, Buffer.from(`${lines.join("\n")}\n`));
        assert.equal(text("waf", ["{}", "", "{}\r"]), 2);
        assert.equal(text("vpcflow", ["version account-id srcaddr", "2 3 4"]), 1);
        assert.equal(text("cloudfront", ["#Version: 1.0", "#Fields: date", "2026-11-24"]), 1);
    });

    it("count an event of CloudTrail once, in how many files it may stand", () => {
        const counter = new RecordCounter();
        const events = (...ids: string[]) =>
            gzipSync(JSON.stringify({ Records: ids.map((eventID) => ({ eventID })) }));
        assert.equal(counter.count("cloudtrail", events("a", "b", "a")), 2);
        assert.equal(counter.count("cloudtrail", events("b", "c")), 1);
        assert.equal(counter.count("cloudtrail", Buffer.from('{"digestStartTime":"x"}')), 1);
    });

    it("that are cut off are not counted", () => {
        const cut = gzipSync("{}\n{}\n").subarray(0, 20);
        assert.throws(() => new RecordCounter().count("waf", cut));
    });
});
