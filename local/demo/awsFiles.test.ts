import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { gzipSync } from "node:zlib";
import { findAwsFiles, flowHeader, readLines } from "./awsFiles";

describe("real log files", () => {
    let root: string;
    const place = (file: string, bytes: string | Buffer) => {
        fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        fs.writeFileSync(path.join(root, file), bytes);
    };

    beforeEach(() => {
        root = fs.mkdtempSync(path.join(os.tmpdir(), "logs-"));
    });
    afterEach(() => fs.rmSync(root, { recursive: true }));

    it("are found by AWS's layout, whatever lies above it, and others are named", () => {
        place("a/AWSLogs/222222222222/WAFLogs/us-east-1/acl/2026/x.log.gz", gzipSync("{}\n{}\n"));
        place(
            "AWSLogs/o-abcdefghij/333333333333/vpcflowlogs/eu-west-1/2026/y.log",
            "version account-id\n2 3\n",
        );
        place("AWSLogs/222222222222/CloudTrail/us-east-1/z.json.gz", "x");
        place("notes.txt", "x");
        const { files, unknown } = findAwsFiles(root);
        assert.deepEqual(
            files.map(({ kind, accountId, region }) => [kind, accountId, region]),
            [
                ["waf", "222222222222", "us-east-1"],
                ["vpcflow", "333333333333", "eu-west-1"],
            ],
        );
        assert.equal(unknown.length, 2);
        assert.match(unknown.join("\n"), /no source here reads CloudTrail/);
        assert.equal(readLines(files[0]).length, 2);
        assert.equal(flowHeader(readLines(files[1])), "version account-id");
    });
});
