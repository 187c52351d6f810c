import { Resolver } from "node:dns/promises";
import { messageOf, warnLine } from "../handlers/settings";
import { parseIPv4, parseIPv6 } from "../indicators/address";
import { normalizeDomain } from "../indicators/normalize";
import { AddressFacts, AddressResolver } from "./enricher";
import { KnownAddresses, KnownOptions, membersOf } from "./known";

export interface ReverseDnsOptions extends KnownOptions {
    /** Name servers, `10.0.0.2` or `127.0.0.1:5353`; left out, the host's own. */
    readonly servers?: readonly string[];
    /** Look-ups that are under way at once. @default 50 */
    readonly concurrency?: number;
    /** Milliseconds until a question is sent again, once. @default 1000 */
    readonly timeout?: number;
    /** The look-up itself, for tests: names of an address, or an error with a `code` of node:dns. */
    readonly reverse?: (address: string) => Promise<readonly string[]>;
}

const MINUTE = 60_000;
/** How long answers hold, in milliseconds. The records' own times to live are not told by node:dns. */
const FOUND = 6 * 60 * MINUTE;
const ABSENT = 60 * MINUTE;
const FAILED = MINUTE;
/** Names of an address that are kept; more are of shared hosting, or of somebody who plays. */
const MAX_NAMES = 4;
/** Look-ups in a row without any answer, after which nothing is asked for a while. */
const MANY_UNANSWERED = 100;
const PAUSE = 30_000;

/**
 * Asks the DNS which names an address leads back to: `domain` of the endpoint, and names to match against the
 * indicators. Slow, and whoever runs the address's zone sees that somebody asks: use it knowingly. A name is what the
 * address's owner claims; nothing says that it leads to the address.
 */
export class ReverseDns implements AddressResolver {
    readonly name = "reverse-dns";
    private readonly known: KnownAddresses;
    private readonly underWay = new Map<string, Promise<void>>();
    private readonly concurrency: number;
    private readonly reverse: (address: string) => Promise<readonly string[]>;
    private readonly now: () => number;
    private unanswered = 0;
    private pausedUntil = 0;

    /** @throws TypeError when a server is no address */
    constructor(options: ReverseDnsOptions = {}) {
        this.known = new KnownAddresses(options);
        this.concurrency = options.concurrency ?? 50;
        this.now = options.now ?? Date.now;
        this.reverse = options.reverse ?? lookUpWith(options);
    }

    /** See `AddressResolver`; an answer that comes after the budget is there for the next batch. */
    resolve(addresses: readonly string[]): Promise<ReadonlyMap<string, AddressFacts>> {
        return this.known.resolve(addresses, (missing, over) => this.ask(missing, over));
    }

    private async ask(addresses: readonly string[], over: AbortSignal): Promise<void> {
        const awaited: Promise<void>[] = [];
        for (const address of addresses) {
            while (this.underWay.size >= this.concurrency && !over.aborted) {
                await Promise.race(this.underWay.values());
            }
            if (over.aborted || this.now() < this.pausedUntil) {
                break;
            }
            // Another batch may have asked meanwhile.
            if (this.known.has(address)) {
                continue;
            }
            let lookUp = this.underWay.get(address);
            if (lookUp === undefined) {
                lookUp = this.lookUp(address).finally(() => this.underWay.delete(address));
                this.underWay.set(address, lookUp);
            }
            awaited.push(lookUp);
        }
        await Promise.all(awaited);
    }

    private async lookUp(address: string): Promise<void> {
        try {
            this.known.set(address, factsOf(await this.reverse(address)), FOUND);
            this.unanswered = 0;
        } catch (error) {
            this.fail(address, error);
        }
    }

    private fail(address: string, error: unknown): void {
        const { code } = error as { code?: unknown };
        const isAbsent = code === "ENOTFOUND" || code === "ENODATA";
        this.known.set(address, undefined, isAbsent ? ABSENT : FAILED);
        // A server that says it failed is there; one bad zone must not stop the others.
        this.unanswered = isAbsent || code === "ESERVFAIL" ? 0 : this.unanswered + 1;
        if (this.unanswered === MANY_UNANSWERED) {
            this.unanswered = 0;
            this.pausedUntil = this.now() + PAUSE;
            warnLine({ event: "reverse-dns-paused", seconds: PAUSE / 1000, reason: messageOf(error) });
        }
    }
}

/** Names are untrusted: what is no host name is dropped. @returns undefined when nothing is left */
function factsOf(names: readonly string[]): AddressFacts | undefined {
    const kept = new Set<string>();
    for (const text of names) {
        const name = normalizeDomain(text);
        if (name !== undefined && kept.size < MAX_NAMES) {
            kept.add(name);
        }
    }
    const [domain] = kept;
    return domain === undefined ? undefined : { members: membersOf({ domain }), names: [...kept] };
}

/** `Resolver.reverse` would read the hosts file as well, and so tell what this machine calls an address. */
function lookUpWith({ servers, timeout = 1000 }: ReverseDnsOptions): (address: string) => Promise<string[]> {
    const resolver = new Resolver({ timeout, tries: 2 });
    if (servers !== undefined) {
        resolver.setServers(servers);
    }
    return async (address) => resolver.resolvePtr(reverseName(address));
}

/** The name under which the DNS keeps an address (RFC 1035, RFC 3596). */
function reverseName(address: string): string {
    if (parseIPv4(address) >= 0) {
        return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
    }
    const words = parseIPv6(address);
    if (words === undefined) {
        throw new TypeError(`not an address: ${address}`);
    }
    const digits = words.map((word) => word.toString(16).padStart(8, "0")).join("");
    return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
