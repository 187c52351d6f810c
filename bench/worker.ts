import { ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { Round } from "./rounds";
import { Side } from "./sides";

/** A side's process, which does a round whenever it is asked to. What it complains of goes to standard error. */
export class Worker {
    private readonly child: ChildProcessByStdio<Writable, Readable, null>;
    private readonly answers: AsyncIterator<string>;
    private readonly end: Promise<string>;

    constructor(private readonly side: Side) {
        this.child = spawn(side.command, side.args, { stdio: ["pipe", "pipe", "inherit"] });
        // A process that has ended is seen by its missing answer.
        this.child.stdin.on("error", () => undefined);
        this.end = once(this.child, "close").then(
            ([code, signal]) => `ended with ${code ?? signal}`,
            (error: Error) => `did not start: ${error.message}`,
        );
        this.answers = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    }

    /** @throws Error when the process ends instead */
    async round(): Promise<Round> {
        this.child.stdin.write("\n");
        const { value, done } = await this.answers.next();
        if (done) {
            throw new Error(`${this.side.name} ${await this.end}`);
        }
        return JSON.parse(value) as Round;
    }

    async close(): Promise<void> {
        this.child.stdin.end();
        await this.end;
    }
}
