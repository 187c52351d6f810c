import { parseArgs } from "node:util";
import { decide } from "./decide";
import { explain } from "./explain";
import { explanationText } from "./explain-text";
import { feedsText } from "./feeds";
import { CommandError, Hub } from "./hub";
import { invoke } from "./invoke";
import { listUrls } from "./lists";

export const HELP = `What is known of an indicator, and what analysts decide about it.

Usage: npm run -s indicators -- COMMAND [options]

  explain VALUE [--json]       which feeds report it, since when, where it is enforced, or by which rule it was refused
  allow VALUE --reason TEXT [--until DATE]
                               never match or block it, whatever feeds say
  block VALUE --reason TEXT [--until DATE]
                               match and block it, whatever feeds say
  lift VALUE --reason TEXT     neither any more
  feeds                        how each feed is
  collect FEED                 collect it now
  accept FEED                  collect it now, and take its list however much it changes
  publish [--force] [--rollback]
                               compile and publish; --force however much it changes; --rollback the snapshot before
  lists [--seconds N]          addresses of the block lists, which hold for N seconds (default 3600)

  --stack NAME                 the hub's Pulumi stack, such as our-org/syntheticsun/hub-dev; left out, the local cloud
  --help                       this text

Decisions are recorded with the caller's name and published at once. Exit codes: 1 failed, 2 bad usage.
`;

/** A command that was not understood; the message is one line. */
export class UsageError extends Error {
    override readonly name = "UsageError";
}

const OPTIONS = {
    reason: { type: "string" },
    until: { type: "string" },
    seconds: { type: "string", default: "3600" },
    json: { type: "boolean", default: false },
    force: { type: "boolean", default: false },
    rollback: { type: "boolean", default: false },
    stack: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
} as const;

/** What the command line says. */
export function parseCommand(argv: readonly string[]) {
    try {
        return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
    } catch (error) {
        throw new UsageError(error instanceof Error ? error.message : String(error));
    }
}

export type Command = ReturnType<typeof parseCommand>;

/** Runs a command. @returns what to print */
export async function runCommand(hub: Hub, { positionals, values }: Command): Promise<string> {
    const [command, subject, ...rest] = positionals;
    const takesSubject = !["feeds", "publish", "lists"].includes(command);
    if (rest.length > 0 || (subject === undefined) === takesSubject) {
        throw new UsageError(takesSubject ? `${command} takes one argument` : `${command} takes no argument`);
    }
    const { collectFunction, compileFunction } = hub.names;
    switch (command) {
        case "explain": {
            const explanation = await explain(hub, subject);
            return values.json ? json(explanation) : explanationText(explanation);
        }
        case "allow":
        case "block":
        case "lift": {
            if (!values.reason?.trim()) {
                throw new UsageError(`why ${command} ${subject}? Say so with --reason: others will ask`);
            }
            const { reason, until } = values;
            return json(await decide(hub, { action: command, value: subject, reason, until }));
        }
        case "feeds":
            return feedsText(hub);
        case "collect":
            return json(await invoke(hub, collectFunction, { feed: subject }));
        case "accept":
            return json(await invoke(hub, collectFunction, { feed: subject, accept: true }));
        case "publish": {
            const { force, rollback } = values;
            return json(await invoke(hub, compileFunction, rollback ? { rollback } : { force }));
        }
        case "lists":
            return listUrls(hub, Number(values.seconds));
        default:
            throw new UsageError(`unknown command "${command}"`);
    }
}

/** Runs the command line against the hub that `connect` finds. @returns the exit code */
export async function main(
    argv: readonly string[],
    connect: (stack: string | undefined) => Promise<Hub>,
    print: { readonly out: (text: string) => void; readonly err: (text: string) => void },
): Promise<number> {
    try {
        const command = parseCommand(argv);
        if (command.values.help || command.positionals.length === 0) {
            (command.values.help ? print.out : print.err)(HELP);
            return command.values.help ? 0 : 2;
        }
        print.out(await runCommand(await connect(command.values.stack), command));
        return 0;
    } catch (error) {
        if (error instanceof UsageError) {
            print.err(`${error.message}; --help tells the commands\n`);
            return 2;
        }
        if (error instanceof CommandError) {
            print.err(`${error.message}\n`);
            return 1;
        }
        throw error;
    }
}

function json(value: unknown): string {
    return `${JSON.stringify(value, undefined, 2)}\n`;
}
