import assert from "node:assert/strict";
import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { formatIPv4 } from "../indicators/address";
import { IpApi, IpApiOptions } from "./ip-api";

const GOOGLE = {
    status: "success",
    query: "8.8.8.8",
    country: "United States",
    countryCode: "US",
    region: "VA",
    regionName: "Virginia",
    city: "Ashburn",
    zip: "20149",
    lat: 39.03,
    lon: -77.5,
    timezone: "America/New_York",
    as: "AS15169 Google LLC",
};

const FACTS = {
    geo: {
        country_iso_code: "US",
        country_name: "United States",
        region_iso_code: "US-VA",
        region_name: "Virginia",
        city_name: "Ashburn",
        postal_code: "20149",
        timezone: "America/New_York",
        location: { lat: 39.03, lon: -77.5 },
    },
    as: { number: 15169, organization: { name: "Google LLC" } },
};

type Answer = (request: { addresses: string[]; url: URL }, response: ServerResponse) => void;

const answerWith =
    (answers: unknown, headers: Record<string, string> = {}, status = 200): Answer =>
    (_request, response) =>
        response
            .writeHead(status, headers)
            .end(typeof answers === "string" ? answers : JSON.stringify(answers));

/** As the service: at most 100 addresses a request, 15 requests a window of 60 s, then 429. */
class Service {
    readonly requests: { addresses: string[]; url: URL }[] = [];
    left = 15;
    answer: Answer | undefined;
    private readonly server: Server = createServer((request, response) => {
        void this.handle(request, response);
    });

    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    reset(): void {
        this.requests.length = 0;
        this.left = 15;
        this.answer = undefined;
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const addresses = JSON.parse(Buffer.concat(chunks).toString()) as string[];
        const url = new URL(request.url ?? "", "http://localhost");
        this.requests.push({ addresses, url });
        if (this.answer !== undefined) {
            return this.answer({ addresses, url }, response);
        }
        if (request.method !== "POST" || url.pathname !== "/batch" || addresses.length > 100) {
            response.writeHead(422).end("Unprocessable Entity\n");
            return;
        }
        const isOver = this.left === 0;
        this.left = Math.max(0, this.left - 1);
        response.writeHead(isOver ? 429 : 200, { "x-rl": String(this.left), "x-ttl": "42" });
        response.end(isOver ? "" : JSON.stringify(addresses.map((query) => ({ ...GOOGLE, query }))));
    }
}

describe("IpApi", () => {
    const { warn } = console;
    const warnings: string[] = [];
    const service = new Service();
    let url: string;
    let now = 0;

    before(async () => {
        console.warn = (line: string) => warnings.push(line);
        url = await service.start();
    });
    after(() => {
        console.warn = warn;
        service.close();
    });
    beforeEach(() => {
        service.reset();
        warnings.length = 0;
        now = 0;
    });

    const ipApi = (options: IpApiOptions = {}) =>
        new IpApi({ url, budget: 30_000, now: () => now, ...options });
    const addresses = (count: number) =>
        Array.from({ length: count }, (_item, i) => formatIPv4(0x08080000 + i));
    const factsOf = async (api: IpApi, address: string) => {
        const facts = (await api.resolve([address])).get(address);
        return facts && (JSON.parse(`{${facts.members.slice(0, -1)}}`) as unknown);
    };
    const pauses = () => warnings.map((line) => JSON.parse(line) as Record<string, unknown>);

    it("says where an address is and whose", async () => {
        const api = ipApi();
        assert.deepEqual(await factsOf(api, "8.8.8.8"), FACTS);
        assert.deepEqual(await factsOf(api, "2001:4860:4860::8888"), FACTS);
        assert.deepEqual((await api.resolve(["8.8.8.8"])).get("8.8.8.8")?.names, []);
        assert.equal(service.requests.length, 2);
        assert.match(service.requests[0].url.searchParams.get("fields") ?? "", /^status,query,.*\bas$/);
        assert.equal(service.requests[0].url.searchParams.has("key"), false);
    });

    it("never sends private and reserved addresses", async () => {
        const options = { url, reserved: true };
        const found = await new IpApi(options).resolve([
            "10.0.0.1",
            "100.64.1.1",
            "192.0.2.1",
            "fd00::1",
            "::1",
        ]);
        assert.equal(found.size, 0);
        assert.equal(service.requests.length, 0);
    });

    it("asks for at most 100 addresses a request", async () => {
        assert.equal((await ipApi().resolve(addresses(250))).size, 250);
        assert.deepEqual(
            service.requests.map((request) => request.addresses.length),
            [100, 100, 50],
        );
    });

    it("asks once when batches overlap", async () => {
        const api = ipApi();
        const found = await Promise.all([api.resolve(addresses(150)), api.resolve(addresses(160))]);
        assert.deepEqual(
            found.map(({ size }) => size),
            [150, 160],
        );
        assert.equal(new Set(service.requests.flatMap((request) => request.addresses)).size, 160);
        assert.equal(service.requests.flatMap((request) => request.addresses).length, 160);
    });

    it("sends nothing from the last request that is allowed until the time is over", async () => {
        const api = ipApi();
        assert.equal((await api.resolve(addresses(1600))).size, 1500);
        assert.equal(service.requests.length, 15);
        now = 42_000;
        assert.equal((await api.resolve(["9.9.9.9"])).size, 0);
        assert.equal(service.requests.length, 15);
        assert.deepEqual(pauses(), [
            { event: "ip-api-paused", seconds: 43, reason: "the rate limit is used up" },
        ]);
        service.left = 15;
        now = 43_000;
        assert.equal((await api.resolve(["9.9.9.9"])).size, 1);
    });

    const refusals: readonly [string, Record<string, string>, number][] = [
        ["says for how long", { "x-rl": "0", "x-ttl": "7" }, 8],
        ["does not say for how long", {}, 60],
        ["says nonsense", { "x-ttl": "-1e9" }, 60],
        ["asks for too much", { "x-ttl": "999999999" }, 3600],
    ];
    for (const [what, headers, seconds] of refusals) {
        it(`obeys a 429 that ${what}`, async () => {
            const api = ipApi();
            service.answer = answerWith("", headers, 429);
            assert.equal((await api.resolve(addresses(300))).size, 0);
            assert.equal(service.requests.length, 1);
            service.answer = undefined;
            now = seconds * 1000 - 1;
            assert.equal((await api.resolve(addresses(1))).size, 0);
            now++;
            assert.equal((await api.resolve(addresses(300))).size, 300);
            assert.equal(warnings.length, 1);
        });
    }

    const failures: readonly [string, Answer, RegExp][] = [
        ["422", answerWith("Unprocessable Entity\n", {}, 422), /^status 422$/],
        ["an error of the server", answerWith("", {}, 503), /^status 503$/],
        ["a redirect", answerWith("", { location: "http://127.0.0.1:1/" }, 302), /^status 302$/],
        ["broken JSON", answerWith(`[{"status":"success","query":"8.8`), /JSON/],
        ["no list", answerWith({ status: "success" }), /no list/],
        ["an endless answer", answerWith(`[${" ".repeat(2 << 20)}]`), /longer than/],
        [
            "an end in the middle",
            (_request, response) => void response.destroy(),
            /^UND_ERR_SOCKET$|terminated/,
        ],
    ];
    for (const [what, answer, reason] of failures) {
        it(`leaves the service alone for a minute after ${what}`, async () => {
            const api = ipApi({ key: "secret" });
            service.answer = answer;
            assert.equal((await api.resolve(addresses(300))).size, 0);
            now = 59_999;
            assert.equal((await api.resolve(addresses(1))).size, 0);
            assert.equal(service.requests.length, 1);
            assert.equal(warnings.length, 1);
            assert.equal(pauses()[0].seconds, 60);
            assert.match(String(pauses()[0].reason), reason);
            assert.doesNotMatch(warnings[0], /secret/);
            service.answer = undefined;
            now = 60_000;
            assert.equal((await api.resolve(addresses(1))).size, 1);
        });
    }

    it("does not wait for a slow answer, and has it for the next batch", async () => {
        const api = ipApi({ budget: 50 });
        let release = () => {};
        const isAsked = new Promise<void>((resolve) => {
            service.answer = (_request, response) => {
                release = () => response.end(JSON.stringify([GOOGLE]));
                resolve();
            };
        });
        assert.equal((await api.resolve(["8.8.8.8"])).size, 0);
        await isAsked;
        release();
        const deadline = Date.now() + 10_000;
        while ((await api.resolve(["8.8.8.8"])).size === 0 && Date.now() < deadline);
        assert.deepEqual(await factsOf(api, "8.8.8.8"), FACTS);
        assert.equal(service.requests.length, 1);
    });

    it("gives a request up in the end", async () => {
        const api = ipApi({ timeout: 50 });
        service.answer = () => undefined;
        assert.equal((await api.resolve(["8.8.8.8"])).size, 0);
        assert.match(String(pauses()[0].reason), /timeout/i);
    });

    it("believes an answer about what was asked for only, and asks no more about the rest for now", async () => {
        const api = ipApi();
        service.answer = answerWith([
            { ...GOOGLE, query: "1.2.3.4" },
            { status: "fail", query: "8.8.8.9" },
            null,
            7,
            { ...GOOGLE, query: { a: 1 } },
            GOOGLE,
            { ...GOOGLE, city: "Elsewhere" },
        ]);
        assert.deepEqual([...(await api.resolve(["8.8.8.8", "8.8.8.9", "8.8.8.10"])).keys()], ["8.8.8.8"]);
        assert.deepEqual(await factsOf(api, "8.8.8.8"), FACTS);
        assert.equal((await api.resolve(["8.8.8.9", "8.8.8.10"])).size, 0);
        assert.equal(service.requests.length, 1);
        service.answer = undefined;
        now = 11 * 60_000;
        assert.deepEqual([...(await api.resolve(["8.8.8.9", "8.8.8.10"])).keys()], ["8.8.8.10"]);
        assert.deepEqual([...(await api.resolve(["1.2.3.4"])).keys()], ["1.2.3.4"]);
    });

    const odd: readonly [string, Record<string, unknown>, unknown][] = [
        [
            "nothing but the country",
            { countryCode: "DE", country: "Germany" },
            { geo: { country_iso_code: "DE", country_name: "Germany" } },
        ],
        ["empty texts", { countryCode: "", city: "", as: "", zip: "", lat: 0, lon: 0 }, undefined],
        [
            "values of other types",
            { countryCode: 7, city: { a: 1 }, as: ["AS1 x"], lat: "x", zip: null },
            undefined,
        ],
        ["a place that is none", { city: "X", lat: 91, lon: 10 }, { geo: { city_name: "X" } }],
        ["an AS number without a name", { as: "AS7" }, { as: { number: 7 } }],
        ["an AS number that is none", { as: "AS9999999999 x" }, undefined],
        ["text of attackers", { city: `"},"x":{"y\u0000` }, { geo: { city_name: `"},"x":{"y\u0000` } }],
        ["half a character", { city: "\ud83d" }, { geo: { city_name: "\ufffd" } }],
        ["a text without end", { city: "x".repeat(100_000) }, undefined],
    ];
    for (const [what, answer, expected] of odd) {
        it(`takes ${what} for what it is`, async () => {
            service.answer = answerWith([{ status: "success", query: "8.8.8.8", ...answer }]);
            assert.deepEqual(await factsOf(ipApi(), "8.8.8.8"), expected);
        });
    }

    it("sends the key, but never in clear", async () => {
        await ipApi({ url: `${url}/`, key: "a&b" }).resolve(["8.8.8.8"]);
        assert.equal(service.requests[0].url.searchParams.get("key"), "a&b");
        assert.equal(service.requests[0].url.pathname, "/batch");
        for (const other of ["http://pro.ip-api.com", "http://127.evil.example"]) {
            assert.throws(() => new IpApi({ url: other, key: "k" }), /in clear.*https/);
        }
        assert.throws(() => new IpApi({ url: "ip-api.com" }), /must begin with http/);
    });
});
