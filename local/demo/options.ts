import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { parseTextIndicators } from "../../functions/feeds/text-indicators";

/** Wrong use of a command: one line, exit code 2. */
export class UsageError extends Error {}

export interface DemoOptions {
    readonly logs?: string;
    readonly feed?: string;
    /** Text of the feed: indicators, one a line. */
    readonly feedText?: string;
    /** Valid indicators of the feed that are addresses of one family; IP sets are sized by it. */
    readonly ipv4Count: number;
}

export const HELP = `SyntheticSun's whole job on this machine, without an AWS account.

Usage: npm run demo -- [--logs DIR] [--feed FILE]

  --logs DIR   real logs instead of generated ones: files named as AWS names them, gzip or plain, below
               AWSLogs/<account>/<service>/… or anywhere, and Suricata's eve*.json; others are named and skipped
  --feed FILE  real indicators: one a line (address, CIDR, domain or URL), # begins a comment
  --help       this text

The report is written to .local/demo-report.json; exit code 1 means that counts do not add up.`;

/** @throws UsageError with one line that says what is wrong */
export function demoOptions(argv: readonly string[]): DemoOptions | "help" {
    let values: { logs?: string; feed?: string; help?: boolean };
    try {
        ({ values } = parseArgs({
            args: [...argv],
            options: {
                logs: { type: "string" },
                feed: { type: "string" },
                help: { type: "boolean", short: "h" },
            },
        }));
    } catch (error) {
        throw new UsageError(`${(error as Error).message.split("\n")[0]} (see npm run demo -- --help)`);
    }
    if (values.help) {
        return "help";
    }
    if (values.logs !== undefined && !fs.statSync(values.logs, { throwIfNoEntry: false })?.isDirectory()) {
        throw new UsageError(`--logs ${values.logs}: no such folder`);
    }
    if (values.feed === undefined) {
        return { logs: values.logs, ipv4Count: 0 };
    }
    if (!fs.statSync(values.feed, { throwIfNoEntry: false })?.isFile()) {
        throw new UsageError(`--feed ${values.feed}: no such file`);
    }
    const feedText = fs.readFileSync(values.feed, "utf8");
    const { indicators } = parseTextIndicators(feedText, { feed: "feed", seen: new Date() });
    if (indicators.length === 0) {
        throw new UsageError(`--feed ${values.feed}: no indicator in it (one address, domain or URL a line)`);
    }
    const ipv4Count = indicators.filter(
        ({ type, value }) => type === "ipv4" || (type === "cidr" && value.includes(".")),
    ).length;
    return { logs: values.logs, feed: values.feed, feedText, ipv4Count };
}
