/** A client of the AWS SDK. */
interface Client {
    send(command: never, ...more: never[]): Promise<unknown>;
}

/** How a run is interrupted at one of its requests. */
export interface Interruption {
    /** Number of the request, from 0. */
    readonly at: number;
    /** `killed`: neither this request nor any later one is sent. `failed`: this one is not, but the run may go on. */
    readonly how: "killed" | "failed";
}

/** Counts the requests that clients send, and can interrupt those who send them. */
export class AwsCalls {
    private sent: string[] = [];
    private interruption?: Interruption;

    /** Counts from 0 again. */
    begin(interruption?: Interruption): void {
        this.sent = [];
        this.interruption = interruption;
    }

    /** Names of the requests since the last `begin`, for example `UpdateIPSet`. */
    get names(): readonly string[] {
        return this.sent;
    }

    of(name: string): number {
        return this.sent.filter((each) => each === name).length;
    }

    /** @returns the client, whose requests count from now on */
    watch<C extends Client>(client: C): C {
        const send = client.send.bind(client) as (...args: unknown[]) => Promise<unknown>;
        const watched = async (command: object, ...more: unknown[]): Promise<unknown> => {
            const index = this.sent.push(command.constructor.name.replace(/Command$/, "")) - 1;
            const { at, how } = this.interruption ?? { at: Infinity, how: "failed" };
            if (index === at || (how === "killed" && index > at)) {
                throw new Interrupted(index);
            }
            return send(command, ...more);
        };
        return Object.assign(client, { send: watched });
    }
}

class Interrupted extends Error {
    override readonly name = "Interrupted";

    constructor(index: number) {
        super(`interrupted at request ${index}`);
    }
}
