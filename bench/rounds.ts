import { createInterface } from "node:readline";

/** What a side did in a round. */
export interface Round {
    readonly records: number;
    /** Of documents. */
    readonly bytes: number;
    /** User and system time of the process. */
    readonly cpuSeconds: number;
}

/**
 * The protocol of both sides, each a process of its own: each line on standard input starts a round, and is answered by
 * one line, the `Round` as JSON.
 */
export async function serveRounds(round: () => Promise<Omit<Round, "cpuSeconds">>): Promise<void> {
    for await (const _line of createInterface({ input: process.stdin })) {
        const begin = process.cpuUsage();
        const done = await round();
        const { user, system } = process.cpuUsage(begin);
        process.stdout.write(`${JSON.stringify({ ...done, cpuSeconds: (user + system) / 1e6 })}\n`);
    }
}
