import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { REPO_DIR } from "../local/paths";

const HELP = `All checks and tests.

Usage: npm test -- [--unit] [-- mocha options]

  --unit   only what needs no engine: seconds instead of minutes
  --help   this text`;

/** Tests have a local cloud of their own: the one of the demo goes on. */
const env = { ...process.env, SYNTHETICSUN_LOCAL_DIR: path.join(REPO_DIR, ".local", "test") };

interface Step {
    readonly title: string;
    readonly script: string;
    readonly args: readonly string[];
}

/** Runs a tool of this project under the Node that runs this. @returns its exit code */
function run({ title, script, args }: Step): number {
    console.log(`\n> ${title}`);
    const file = path.join(REPO_DIR, "node_modules", script);
    const { status } = spawnSync(process.execPath, [file, ...args], { cwd: REPO_DIR, stdio: "inherit", env });
    return status ?? 1;
}

function main(argv: readonly string[]): number {
    if (argv.includes("--help")) {
        console.log(HELP);
        return 0;
    }
    const unitOnly = argv.includes("--unit");
    const checks: Step[] = [
        { title: "types", script: "typescript/bin/tsc", args: ["--noEmit", "-p", "."] },
        { title: "lint and import table", script: "eslint/bin/eslint.js", args: ["."] },
        {
            title: "formatting",
            script: "prettier/bin/prettier.cjs",
            args: ["--check", "--log-level", "warn", "."],
        },
    ];
    const failed = checks.filter((step) => run(step) !== 0).map((step) => step.title);
    const specs = unitOnly
        ? ["{config,components,functions,local,policy,stacks}/**/*.test.ts"]
        : ["{config,components,functions,local,policy,stacks}/**/*.test.ts", "test/**/*.test.ts"];
    const extra = argv.filter((argument) => argument !== "--unit" && argument !== "--");
    const mocha = run({
        title: unitOnly ? "unit tests" : "unit and integration tests",
        script: "mocha/bin/mocha.js",
        args: [
            "--require",
            "ts-node/register/transpile-only",
            "--reporter",
            "test/reporter.js",
            "--exit",
            // Unit tests take milliseconds; a busy machine may take longer for the largest.
            "--timeout",
            "60000",
            ...extra,
            ...specs,
        ],
    });
    if (failed.length > 0) {
        console.error(`failed before the tests: ${failed.join(", ")}`);
    }
    return mocha !== 0 || failed.length > 0 ? 1 : 0;
}

process.exitCode = main(process.argv.slice(2));
