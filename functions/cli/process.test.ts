import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { mmdbFile } from "../enrichment/mmdb-testing";
import { Json } from "../sources/testing";
import { main } from "./process";

const FLOW = "2 - eni-1 203.0.113.9 10.0.0.5 51000 443 6 7 800 1700000000 1700000060 REJECT OK\n";

describe("process", function () {
    this.timeout(120_000);
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

    const documentsOf = (stdout: string) =>
        stdout
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as Json);

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
        const documents = documentsOf(first.stdout);
        assert.equal(documents.length, 2);
        assert.deepEqual(documents[0].cloud, {
            provider: "aws",
            account: { id: "222222222222" },
            region: "eu-west-1",
        });
        assert.equal(documents[0].threat.matched, true);
        assert.equal("original" in documents[0].event, false);
        const [line, ...more] = readFileSync(quarantine, "utf8").split("\n");
        assert.deepEqual([(JSON.parse(line) as Json).raw, more], ["bad", [""]]);
        assert.equal(run(...args).stdout, first.stdout);
    });

    it("tells places from databases and keeps the line, when it is told to", () => {
        const city = file("city.mmdb", mmdbFile([["203.0.113.0/24", { country_code: "CH" }]]));
        const asn = file("asn.mmdb", mmdbFile([["203.0.0.0/16", { autonomous_system_number: 64500 }]]));
        const log = file("flow.log", FLOW);
        const { stdout, stderr, status } = run(
            ...["--source", "vpcflow", "--geo", city, "--geo", asn, "--original", log],
        );
        assert.equal(status, 0, stderr);
        const [{ source, destination, event }] = documentsOf(stdout);
        assert.equal(source.geo.country_iso_code, "CH");
        assert.equal(source.as.number, 64500);
        assert.equal("geo" in destination, false);
        assert.equal(event.original, FLOW.trim());
    });

    it("reads the format, and several files one after the other", () => {
        const first = file("first.log", "1.1.1.1 1700000000\n");
        const second = file("second.log", "srcaddr bytes start\n1.1.1.2 5 1700000000\n1.1.1.3 x 1700000000");
        const { stdout, stderr } = run("--source", "vpcflow", "--format", "${srcaddr} ${end}", first, second);
        assert.deepEqual(
            documentsOf(stdout).map(({ source }) => source.ip),
            ["1.1.1.1", "1.1.1.2"],
        );
        const [quarantined, counts] = stderr
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as Json);
        assert.deepEqual(
            [quarantined.reason, quarantined.origin, quarantined.record],
            ["bad bytes", second, 2],
        );
        assert.deepEqual(counts, { in: 3, documents: 2, quarantined: 1, skipped: 0 });
    });

    it("dates records that tell no time by their file", () => {
        const log = file("nat.log", "i-1 eni-1 10.0.0.1 10.0.0.2 10.0.0.3 203.0.113.9\n");
        const [document] = documentsOf(run("--source", "vpcflow", log).stdout);
        assert.ok(Math.abs(Date.parse(document["@timestamp"] as string) - Date.now()) < 600_000);
    });

    /** In this process: a new one takes seconds. */
    async function refused(
        args: readonly string[],
    ): Promise<{ code: number; stdout: string; stderr: string }> {
        const { write } = process.stderr;
        const outWrite = process.stdout.write;
        let [stdout, stderr] = ["", ""];
        process.stderr.write = ((text: string) => ((stderr += text), true)) as typeof write;
        process.stdout.write = ((text: string) => ((stdout += text), true)) as typeof write;
        try {
            return { code: await main(args), stdout, stderr };
        } finally {
            process.stderr.write = write;
            process.stdout.write = outWrite;
        }
    }

    it("refuses bad usage with one line and exit code 2", async () => {
        const log = file("a.log", FLOW);
        const empty = file("empty.txt", "# nothing\n");
        const missing = join(folder, "missing.log");
        for (const args of [
            ["--source", "nothing", log],
            [log],
            ["--source", "vpcflow"],
            ["--source", "vpcflow", "--bogus", log],
            ["--source", "vpcflow", "--format", "no,format", log],
            ["--source", "vpcflow", missing],
            ["--source", "vpcflow", "--feed", missing, log],
            ["--source", "vpcflow", "--feed", empty, log],
            ["--source", "vpcflow", "--geo", missing, log],
            ["--source", "vpcflow", "--geo", empty, log],
            ["--source", "vpcflow", "--quarantine", join(folder, "no", "such"), log],
            ["--source", "vpcflow", folder],
        ]) {
            const { code, stderr, stdout } = await refused(args);
            assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
            assert.match(stderr, /^process: [^\n]+\n$/, args.join(" "));
            assert.equal(stdout, "");
        }
        const { status, stderr } = run("--source", "vpcflow", missing);
        assert.equal(status, 2);
        assert.match(stderr, /^process: file not found: [^\n]+missing\.log\n$/);
    });

    it("helps", () => {
        const { status, stdout } = run("--help");
        assert.equal(status, 0);
        assert.match(stdout, /--quarantine FILE/);
        assert.match(stdout, /--geo FILE/);
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
