import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const FLOW = "2 - eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK\n";

describe("process", function () {
    this.timeout(60_000);
    let folder = "";
    before(() => {
        folder = mkdtempSync(join(tmpdir(), "process-"));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    function run(...args: string[]) {
        const program = [
            ...process.execArgv,
            "-r",
            "ts-node/register",
            join(__dirname, "process.ts"),
            ...args,
        ];
        const env = { ...process.env, TS_NODE_TRANSPILE_ONLY: "1" };
        return spawnSync(process.execPath, program, { encoding: "utf8", env });
    }

    function file(name: string, content: string | Uint8Array): string {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
    }

    it("writes documents, quarantine lines and counts, twice the same", () => {
        const path = join(folder, "AWSLogs", "222222222222", "vpcflowlogs", "eu-west-1");
        mkdirSync(path, { recursive: true });
        writeFileSync(join(path, "a.log.gz"), gzipSync(`${FLOW}bad\n${FLOW}`));
        const feed = file("feed.txt", "203.0.113.0/24\n");
        const quarantine = join(folder, "quarantine.ndjson");
        const args = [
            "--source",
            "vpcflow",
            "--feed",
            feed,
            "--quarantine",
            quarantine,
            join(path, "a.log.gz"),
        ];
        const first = run(...args);
        assert.equal(first.status, 0, first.stderr);
        assert.equal(first.stderr, '{"in":3,"documents":2,"quarantined":1,"skipped":0}\n');
        const [document] = first.stdout
            .split("\n")
            .map((line) => JSON.parse(line || "{}") as Record<string, unknown>);
        assert.deepEqual(document.cloud, {
            provider: "aws",
            account: { id: "222222222222" },
            region: "eu-west-1",
        });
        assert.equal((document.threat as { matched: boolean }).matched, true);
        assert.equal(readFileSync(quarantine, "utf8").split("\n").length, 2);
        assert.equal(run(...args).stdout, first.stdout);
    });

    it("refuses bad usage with one line and exit code 2", () => {
        const log = file("a.log", FLOW);
        const empty = file("empty.txt", "# nothing\n");
        for (const args of [
            ["--source", "nothing", log],
            [log],
            ["--source", "vpcflow"],
            ["--source", "vpcflow", "--bogus", log],
            ["--source", "vpcflow", "--format", "no,format", log],
            ["--source", "vpcflow", join(folder, "missing.log")],
            ["--source", "vpcflow", "--feed", join(folder, "missing.txt"), log],
            ["--source", "vpcflow", "--feed", empty, log],
            ["--source", "vpcflow", "--quarantine", join(folder, "no", "such"), log],
            ["--source", "vpcflow", folder],
        ]) {
            const { status, stderr, stdout } = run(...args);
            assert.equal(status, 2, args.join(" "));
            assert.match(stderr, /^process: [^\n]+\n$/, args.join(" "));
            assert.equal(stdout, "");
        }
    });

    it("helps", () => {
        const { status, stdout } = run("--help");
        assert.equal(status, 0);
        assert.match(stdout, /--quarantine FILE/);
    });

    it("ends quietly when its reader leaves", () => {
        const log = file("big.log", FLOW.repeat(20_000));
        const command = `"${process.execPath}" -r ts-node/register "${join(__dirname, "process.ts")}" --source vpcflow`;
        const { stdout, stderr } = spawnSync("sh", ["-c", `${command} "${log}" | head -n 1`], {
            encoding: "utf8",
            env: { ...process.env, TS_NODE_TRANSPILE_ONLY: "1" },
        });
        assert.equal(stdout.split("\n").length, 2);
        assert.equal(stderr, "");
    });
});
