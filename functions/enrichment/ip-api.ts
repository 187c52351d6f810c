import { messageOf, warnLine } from "../handlers/settings";
import { normalizeIndicator } from "../indicators/normalize";
import { AddressFacts, AddressResolver } from "./enricher";
import { geoMembers } from "./geo-record";
import { KnownAddresses, KnownOptions, validUnicode } from "./known";

export interface IpApiOptions extends Omit<KnownOptions, "reserved"> {
    /** Base URL. @default "http://ip-api.com", with a key "https://pro.ip-api.com" */
    readonly url?: string;
    /** Key of the paid service; sent over https only, save to this machine. */
    readonly key?: string;
    /** Milliseconds a request may take, also when its batch no longer waits. @default 10000 */
    readonly timeout?: number;
}

const FIELDS = "status,query,country,countryCode,region,regionName,city,zip,lat,lon,timezone,as";
/** Addresses a request may hold; more are answered by 422. */
const MAX_ADDRESSES = 100;
const MAX_BYTES = 1 << 20;
/** How long answers hold, in milliseconds. */
const ANSWERED = 24 * 3600 * 1000;
const UNANSWERED = 600 * 1000;
/** Seconds without requests after a failure, or after a 429 that does not say how long. */
const PAUSE = 60;
const LONGEST_PAUSE = 3600;

/**
 * Asks ip-api.com where addresses are and whose, for those who have no geographic database. The free service speaks
 * plain HTTP, is not for commercial use, and allows 15 requests of 100 addresses a minute: it, and everybody on the way,
 * learns which addresses talk to you. Private and reserved addresses are never sent. One request at a time.
 *
 * Contract: https://ip-api.com/docs/api:batch and https://ip-api.com/docs/unban (`X-Rl` requests left, `X-Ttl` seconds
 * until there are more; who goes on regardless is banned).
 */
export class IpApi implements AddressResolver {
    readonly name = "ip-api";
    private readonly known: KnownAddresses;
    private readonly endpoint: string;
    private readonly timeout: number;
    private readonly now: () => number;
    private request: Promise<void> | undefined;
    private pausedUntil = 0;

    /** @throws Error when the URL is none, or would carry the key in clear */
    constructor(options: IpApiOptions = {}) {
        this.known = new KnownAddresses({ ...options, reserved: false });
        this.endpoint = endpointOf(options);
        this.timeout = options.timeout ?? 10_000;
        this.now = options.now ?? Date.now;
    }

    /** See `AddressResolver`; an answer that comes after the budget is there for the next batch. */
    resolve(addresses: readonly string[]): Promise<ReadonlyMap<string, AddressFacts>> {
        return this.known.resolve(addresses, (missing, over) => this.ask(missing, over));
    }

    private async ask(addresses: readonly string[], over: AbortSignal): Promise<void> {
        for (let rest = addresses; ; rest = rest.slice(MAX_ADDRESSES)) {
            while (this.request !== undefined) {
                await this.request;
            }
            // Another batch may have asked for the same.
            rest = rest.filter((address) => !this.known.has(address));
            if (rest.length === 0 || over.aborted || this.now() < this.pausedUntil) {
                return;
            }
            this.request = this.send(rest.slice(0, MAX_ADDRESSES)).finally(() => {
                this.request = undefined;
            });
            await this.request;
        }
    }

    private async send(addresses: readonly string[]): Promise<void> {
        try {
            const response = await fetch(this.endpoint, {
                method: "POST",
                // A kept connection would be dead after a function was frozen.
                headers: { "content-type": "application/json", connection: "close" },
                body: JSON.stringify(addresses),
                redirect: "manual",
                signal: AbortSignal.timeout(this.timeout),
            });
            const { status, headers } = response;
            if (status === 429 || Number(headers.get("x-rl") ?? 1) <= 0) {
                this.pause(secondsOf(headers.get("x-ttl")), "the rate limit is used up");
            }
            if (status === 200) {
                this.learn(addresses, parse(await readBody(response)));
                return;
            }
            await response.body?.cancel();
            if (status !== 429) {
                throw new Error(`status ${status}`);
            }
        } catch (error) {
            const { cause } = error as { cause?: { code?: string } };
            this.pause(PAUSE, cause?.code ?? messageOf(error));
        }
    }

    private pause(seconds: number, reason: string): void {
        this.pausedUntil = Math.max(this.pausedUntil, this.now() + seconds * 1000);
        warnLine({ event: "ip-api-paused", seconds, reason });
    }

    private learn(addresses: readonly string[], answers: unknown): void {
        if (!Array.isArray(answers)) {
            throw new Error("the answer is no list");
        }
        const unanswered = new Set(addresses);
        for (const answer of answers.filter(isObject)) {
            const address =
                typeof answer.query === "string" ? normalizeIndicator(answer.query)?.value : undefined;
            if (address !== undefined && unanswered.delete(address)) {
                this.known.set(address, answer.status === "success" ? factsOf(answer) : undefined, ANSWERED);
            }
        }
        for (const address of unanswered) {
            this.known.set(address, undefined, UNANSWERED);
        }
    }
}

function endpointOf({
    key,
    url = key ? "https://pro.ip-api.com" : "http://ip-api.com",
}: IpApiOptions): string {
    const base = URL.canParse(url) ? new URL(url) : undefined;
    if (base?.protocol !== "http:" && base?.protocol !== "https:") {
        throw new Error(`ip-api's URL must begin with http:// or https://, not ${JSON.stringify(url)}`);
    }
    const isHere = /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(base.hostname);
    if (key && base.protocol === "http:" && !isHere) {
        throw new Error("ip-api's key would be sent in clear: give a URL that begins with https://");
    }
    const query = new URLSearchParams({ fields: FIELDS, ...(key ? { key } : {}) });
    return `${base.origin}${base.pathname.replace(/\/+$/, "")}/batch?${query.toString()}`;
}

/** X-Ttl, and a second more since it is rounded. */
function secondsOf(header: string | null): number {
    return header !== null && /^\d{1,9}$/.test(header) ? Math.min(Number(header) + 1, LONGEST_PAUSE) : PAUSE;
}

async function readBody(response: Response): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body ?? []) {
        length += chunk.length;
        if (length > MAX_BYTES) {
            throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString();
}

function parse(body: string): unknown {
    return JSON.parse(body, (_name, value: unknown) =>
        typeof value === "string" ? validUnicode(value) : value,
    );
}

type Answer = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Answer {
    return typeof value === "object" && value !== null;
}

/** As `geoMembers` takes it from a database, which also leaves out what is no such thing. */
function factsOf(answer: Answer): AddressFacts | undefined {
    const as = typeof answer.as === "string" ? answer.as : "";
    const [, number, organization] = /^AS(\d{1,10})(?: (.+))?$/.exec(as) ?? [];
    const { geo, as: network } = geoMembers(
        new Map<string, unknown>([
            ["country", named(answer.country, answer.countryCode)],
            ["subdivisions", [named(answer.regionName, answer.region)]],
            ["city", named(answer.city)],
            ["postal", new Map([["code", answer.zip]])],
            [
                "location",
                new Map([
                    ["latitude", answer.lat],
                    ["longitude", answer.lon],
                    ["time_zone", answer.timezone],
                ]),
            ],
            ["autonomous_system_number", number],
            ["autonomous_system_organization", organization],
        ]),
    );
    const members = geo + network;
    return members === "" ? undefined : { members, names: [] };
}

function named(name: unknown, code?: unknown): ReadonlyMap<string, unknown> {
    return new Map<string, unknown>([
        ["iso_code", code],
        ["names", new Map([["en", name]])],
    ]);
}
