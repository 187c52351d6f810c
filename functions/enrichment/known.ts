import { setTimeout as delay } from "node:timers/promises";
import { rangeOf } from "../indicators/ranges";
import { specialRange } from "../indicators/special-ranges";
import { AddressFacts } from "./enricher";

export interface KnownOptions {
    /** Milliseconds that a batch waits for answers. @default 2000 */
    readonly budget?: number;
    /** Addresses that are remembered; more than a batch has. @default 20000 */
    readonly capacity?: number;
    /** Ask about private and reserved addresses too. @default false */
    readonly reserved?: boolean;
    /** Clock in epoch milliseconds, for tests. */
    readonly now?: () => number;
}

/** Code units that a text from outside keeps. */
const MAX_TEXT = 256;
const NOTHING: AddressFacts = { members: "", names: [] };
const DAY = 86_400_000;

/**
 * What an outside service has said about addresses, also that it knows nothing. Bounded: the address that no batch had
 * for longest makes room, and every answer has its time.
 */
export class KnownAddresses {
    private readonly answers = new Map<string, { readonly facts: AddressFacts; readonly until: number }>();
    private readonly budget: number;
    private readonly capacity: number;
    private readonly reserved: boolean;
    private readonly now: () => number;

    constructor({ budget = 2000, capacity = 20_000, reserved = false, now = Date.now }: KnownOptions) {
        this.budget = budget;
        this.capacity = capacity;
        this.reserved = reserved;
        this.now = now;
    }

    /**
     * @param addresses unique, in normal form
     * @param ask asks about addresses and calls `set` for each answer; never rejects. Its signal says that nobody waits
     * any longer: what is under way may come to its end, nothing more should begin.
     * @returns the facts that are known when all is asked, or when the budget is used up
     */
    async resolve(
        addresses: readonly string[],
        ask: (missing: readonly string[], over: AbortSignal) => Promise<void>,
    ): Promise<ReadonlyMap<string, AddressFacts>> {
        const missing = addresses.filter((address) => !this.has(address) && this.isAsked(address));
        if (missing.length > 0) {
            const over = new AbortController();
            const timer = delay(this.budget, undefined, { signal: over.signal }).catch(() => undefined);
            await Promise.race([ask(missing, over.signal), timer]);
            over.abort();
        }
        const found = new Map<string, AddressFacts>();
        for (const address of addresses) {
            const facts = this.get(address);
            if (facts !== undefined && facts !== NOTHING) {
                found.set(address, facts);
            }
        }
        return found;
    }

    /** True when there is an answer, be it that nothing is known. */
    has(address: string): boolean {
        return this.get(address) !== undefined;
    }

    /** @param facts left out, nothing is known of the address @param milliseconds how long that holds */
    set(address: string, facts: AddressFacts | undefined, milliseconds: number): void {
        this.answers.delete(address);
        if (this.answers.size >= this.capacity) {
            this.answers.delete(this.answers.keys().next().value as string);
        }
        this.answers.set(address, { facts: facts ?? NOTHING, until: this.now() + milliseconds });
    }

    private get(address: string): AddressFacts | undefined {
        const answer = this.answers.get(address);
        if (answer === undefined) {
            return undefined;
        }
        this.answers.delete(address);
        if (answer.until <= this.now()) {
            return undefined;
        }
        // A map keeps the order of insertion: this one is now the youngest.
        this.answers.set(address, answer);
        return answer.facts;
    }

    private isAsked(address: string): boolean {
        const range = rangeOf(address);
        if (this.reserved || (range !== undefined && specialRange(range, false) === undefined)) {
            return true;
        }
        this.set(address, undefined, DAY);
        return false;
    }
}

/** Replaces halves of surrogate pairs, which OpenSearch may refuse; a foreign text may hold them, and so may a cut one. */
export function validUnicode(text: string): string {
    return Buffer.from(text).toString();
}

/**
 * @param facts what is known of an address, from outside: texts are cut at 256 UTF-16 code units
 * @returns them as JSON members, each with a trailing comma; "" when all are undefined
 */
export function membersOf(facts: Readonly<Record<string, unknown>>): string {
    const json = JSON.stringify(facts, (_name, value: unknown) =>
        typeof value === "string" ? validUnicode(value.slice(0, MAX_TEXT)) : value,
    );
    return json === "{}" ? "" : `${json.slice(1, -1)},`;
}
