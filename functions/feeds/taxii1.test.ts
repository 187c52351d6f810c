import assert from "node:assert/strict";
import { Taxii1Definition } from "./definition";
import { FeedEnd, FeedPage, FeedPosition } from "./feed";
import { FeedError, FeedErrorKind } from "./feed-error";
import { FeedHttp, FeedRequest } from "./http";
import { FeedTools } from "./registry";
import { openTaxii1 } from "./taxii1";
import { parseXml, XmlElement } from "./taxii1-xml";

const HOST = "https://taxii.example";
const DISCOVERY = `${HOST}/discovery`;
const NOW = new Date("2026-11-24T12:00:00Z");
const BINDINGS = `<x:Protocol_Binding>urn:taxii.mitre.org:protocol:https:1.0</x:Protocol_Binding>`;

interface Asked {
    readonly url: string;
    readonly message: XmlElement;
    readonly headers: FeedRequest["headers"];
}

type Answer = string | { readonly status: number; readonly body?: string } | Error;

const message = (name: string, attributes: string, content: string): string =>
    `<?xml version="1.0"?><x:${name} xmlns:x="http://taxii.mitre.org/messages/taxii_xml_binding-1.1" message_id="9"
        in_response_to="1" ${attributes}>${content}</x:${name}>`;

const service = (type: string, url: string, attributes = 'available="true"'): string =>
    `<x:Service_Instance service_type="${type}" service_version="urn:taxii.mitre.org:services:1.1" ${attributes}>
    ${BINDINGS}<x:Address>${url}</x:Address><x:Message_Binding>urn:taxii.mitre.org:message:xml:1.1</x:Message_Binding>
    </x:Service_Instance>`;

const collection = (name: string, type = "DATA_FEED", poll = `${HOST}/poll`, attributes = ""): string =>
    `<x:Collection collection_name="${name}" collection_type="${type}" ${attributes}><x:Description/>${
        poll && `<x:Polling_Service>${BINDINGS}<x:Address>${poll}</x:Address></x:Polling_Service>`
    }</x:Collection>`;

const status = (type: string, text = ""): string =>
    message("Status_Message", `status_type="${type}"`, `<x:Message>${text}</x:Message>`);

const stix = (...addresses: string[]): string =>
    `<s:STIX_Package xmlns:s="http://stix.mitre.org/stix-1" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
    <s:Indicators>${addresses
        .map(
            (address) => `<s:Indicator><s:Observable><s:Object><s:Properties i:type="A:AddressObjectType">
            <s:Address_Value>${address}</s:Address_Value></s:Properties></s:Object></s:Observable></s:Indicator>`,
        )
        .join("")}</s:Indicators></s:STIX_Package>`;

const block = (content: string, label = ""): string =>
    `<x:Content_Block><x:Content_Binding binding_id="urn:stix.mitre.org:xml:1.2"/><x:Content>${content}</x:Content>${
        label && `<x:Timestamp_Label>${label}</x:Timestamp_Label>`
    }</x:Content_Block>`;

interface PollOptions {
    /** Its id, where there are more parts. */
    readonly more?: string;
    readonly part?: number;
    readonly end?: string;
}

const poll = (blocks: readonly string[], { more, part = 1, end }: PollOptions = {}): string =>
    message(
        "Poll_Response",
        `${more ? `more="true" result_id="${more}"` : 'more="false"'} result_part_number="${part}"`,
        (end ? `<x:Inclusive_End_Timestamp>${end}</x:Inclusive_End_Timestamp>` : "") + blocks.join(""),
    );

/** A server that answers discovery and collections, and polls from a list. */
class FakeServer {
    readonly asked: Asked[] = [];
    discovery: Answer = message(
        "Discovery_Response",
        "",
        service("INBOX", `${HOST}/inbox`) + service("COLLECTION_MANAGEMENT", `${HOST}/collections`),
    );
    collections: Answer = message("Collection_Information_Response", "", collection("iocs"));
    polls: Answer[] = [];

    readonly http: FeedHttp = {
        request: async (url, request) => {
            const asked = { url, message: parseXml(request?.body ?? ""), headers: request?.headers };
            this.asked.push(asked);
            const answer = this.answer(asked.message.name);
            if (answer instanceof Error) {
                throw answer;
            }
            const { status: code, body = "" } =
                typeof answer === "string" ? { status: 200, body: answer } : answer;
            return {
                status: code,
                url,
                headers: {},
                body: (async function* () {})(),
                text: async () => body,
                cancel: async () => undefined,
            };
        },
        close: async () => undefined,
    };

    polled(): string[] {
        return this.asked
            .map(({ message: { name, attributes } }) =>
                name === "Poll_Fulfillment"
                    ? `${attributes.collection_name} ${attributes.result_id} ${attributes.result_part_number}`
                    : name === "Poll_Request"
                      ? attributes.collection_name!
                      : "",
            )
            .filter((text) => text !== "");
    }

    private answer(name: string): Answer {
        switch (name) {
            case "Discovery_Request":
                return this.discovery;
            case "Collection_Information_Request":
                return this.collections;
            default:
                return this.polls.shift() ?? status("FAILURE", "nothing more was expected");
        }
    }
}

describe("TAXII 1.1 feed", () => {
    let server: FakeServer;
    beforeEach(() => (server = new FakeServer()));

    async function read(
        position: FeedPosition = {},
        more: Partial<Taxii1Definition> = {},
    ): Promise<{ pages: FeedPage[]; end: FeedEnd }> {
        const definition = {
            name: "t",
            protocol: "taxii1",
            confidence: 50,
            ttlDays: 8,
            url: DISCOVERY,
            ...more,
        } as const;
        const tools: FeedTools = {
            http: server.http,
            s3: undefined as never,
            now: () => NOW,
            sleep: async () => undefined,
        };
        const pages: FeedPage[] = [];
        const reading = openTaxii1(definition, tools).read(position);
        for (;;) {
            const step = await reading.next();
            if (step.done) {
                return { pages, end: step.value };
            }
            pages.push(step.value);
        }
    }

    const values = ({ pages }: { pages: FeedPage[] }): string[] =>
        pages.flatMap((page) => page.values.map(({ value, refused }) => (refused ? `! ${refused}` : value)));

    async function fails(
        kind: FeedErrorKind,
        pattern: RegExp,
        more: Partial<Taxii1Definition> = {},
    ): Promise<void> {
        await assert.rejects(read({}, more), (error) => {
            assert.ok(error instanceof FeedError, String(error));
            assert.equal(error.kind, kind, error.message);
            assert.match(error.message, pattern);
            return true;
        });
    }

    it("asks by TAXII 1.1's HTTP binding", async () => {
        server.polls = [poll([])];
        await read();
        assert.deepEqual(
            server.asked.map(({ url }) => url),
            [DISCOVERY, `${HOST}/collections`, `${HOST}/poll`],
        );
        for (const { headers } of server.asked) {
            assert.deepEqual(headers, {
                "content-type": "application/xml",
                accept: "application/xml",
                "x-taxii-content-type": "urn:taxii.mitre.org:message:xml:1.1",
                "x-taxii-accept": "urn:taxii.mitre.org:message:xml:1.1",
                "x-taxii-services": "urn:taxii.mitre.org:services:1.1",
                "x-taxii-protocol": "urn:taxii.mitre.org:protocol:https:1.0",
            });
        }
    });

    it("reads every collection that can be polled, in all their parts", async () => {
        server.collections = message(
            "Collection_Information_Response",
            "",
            collection("one") +
                collection("two &amp; more", "DATA_SET") +
                collection("no poll", "DATA_FEED", "") +
                collection("off", "DATA_FEED", `${HOST}/poll`, 'available="false"'),
        );
        server.polls = [
            poll([block(stix("198.51.100.1"))], { more: "r&quot;1" }),
            poll([block(stix("198.51.100.2"))], { more: "r&quot;1", part: 2 }),
            poll([block(stix("198.51.100.3"))], { part: 3 }),
            poll([block(stix("198.51.100.4")), block(stix("198.51.100.5"))]),
        ];
        const run = await read();
        assert.deepEqual(
            values(run),
            [1, 2, 3, 4, 5].map((last) => `198.51.100.${last}`),
        );
        assert.deepEqual(server.polled(), ["one", 'one r"1 2', 'one r"1 3', "two & more"]);
        assert.equal(run.end.pass, "full");
    });

    it("goes on after any page of a run that was cut off", async () => {
        const both = message("Collection_Information_Response", "", collection("one") + collection("two"));
        const parts = [
            poll([block(stix("198.51.100.1"))], { more: "r", end: "2026-11-24T11:00:00Z" }),
            poll([block(stix("198.51.100.2"))], { part: 2 }),
            poll([block(stix("198.51.100.3"))], { end: "2026-11-24T11:30:00Z" }),
        ];
        server.collections = both;
        server.polls = [...parts];
        const whole = await read();
        assert.equal(whole.pages.length, 3);
        for (const [index, page] of whole.pages.entries()) {
            server = new FakeServer();
            server.collections = both;
            server.polls = parts.slice(index + 1);
            const rest = await read({
                resume: JSON.parse(JSON.stringify(page.resume)) as FeedPage["resume"],
            });
            assert.deepEqual(values(rest), values(whole).slice(index + 1));
            assert.deepEqual(rest.end, whole.end);
        }
    });

    it("reads a collection again when the server no longer keeps the result it was in", async () => {
        const resume = {
            full: true,
            startedAt: NOW.toISOString(),
            ends: {},
            open: { collection: "iocs", resultId: "old", part: 7, end: NOW.toISOString() },
        };
        server.polls = [status("NOT_FOUND"), poll([block(stix("198.51.100.1"))])];
        assert.deepEqual(values(await read({ resume })), ["198.51.100.1"]);
        assert.deepEqual(server.polled(), ["iocs old 7", "iocs"]);
    });

    it("asks a data feed for its news, and for everything once a day", async () => {
        server.polls = [poll([], { end: "2026-11-24T11:00:00Z" })];
        const { end } = await read();
        assert.equal(end.pass, "full");
        const again = async (now: string, memory = end.memory): Promise<[string, string | undefined]> => {
            server.polls = [poll([], { end: now })];
            const tools = { http: server.http, s3: undefined as never, now: () => new Date(now) };
            const definition = {
                name: "t",
                protocol: "taxii1",
                confidence: 50,
                ttlDays: 8,
                url: DISCOVERY,
            } as const;
            const reading = openTaxii1(definition, tools).read({ memory });
            await reading.next();
            const last = await reading.next();
            assert.ok(last.done);
            const begin = server.asked
                .at(-1)!
                .message.children.find(({ name }) => name === "Exclusive_Begin_Timestamp");
            return [last.value.pass, begin?.text];
        };
        // ten minutes before the end of the last pass: clocks differ
        assert.deepEqual(await again("2026-11-24T16:00:00Z"), ["partial", "2026-11-24T10:50:00.000Z"]);
        assert.deepEqual(await again("2026-11-25T12:00:00Z"), ["full", undefined]);
        server.collections = message("Collection_Information_Response", "", collection("iocs", "DATA_SET"));
        assert.deepEqual(await again("2026-11-24T16:00:00Z"), ["full", undefined]);
        server.collections = message("Collection_Information_Response", "", collection("other"));
        assert.deepEqual(await again("2026-11-24T16:00:00Z"), ["full", undefined]);
    });

    it("reads the collections that are named, and lists those there are for one that is not", async () => {
        server.collections = message(
            "Collection_Information_Response",
            "",
            collection("one") + collection("two") + collection("pushed", "DATA_FEED", ""),
        );
        server.polls = [poll([])];
        await read({}, { collections: ["two"] });
        assert.deepEqual(server.polled(), ["two"]);
        await fails("configuration", /"three" does not exist; the server has: one, two$/, {
            collections: ["three"],
        });
        await fails("configuration", /"pushed" cannot be polled/, { collections: ["pushed"] });
    });

    it("makes one refused value of a block that cannot be read, and reads the others", async () => {
        const escaped = stix("198.51.100.2").replace(/&/g, "&amp;").replace(/</g, "&lt;");
        server.polls = [
            poll([
                block(stix("198.51.100.1"), "2026-01-01T00:00:00Z"),
                block("<a><b></a>"),
                block("no XML"),
                block(""),
                block(escaped),
                block(`<![CDATA[<?xml version="1.0"?>${stix("198.51.100.3")}]]>`),
            ]),
        ];
        const run = await read();
        const unread = "! content block cannot be read";
        assert.deepEqual(values(run), [
            "198.51.100.1",
            unread,
            unread,
            unread,
            "198.51.100.2",
            "198.51.100.3",
        ]);
        assert.equal(run.pages[0].values[0].firstSeen, "2026-01-01T00:00:00.000Z");
        assert.equal(run.pages[0].values[1].value, "iocs part 1 block 2");
    });

    it("expands no entity, in a message or in content", async () => {
        const levels = Array.from(
            { length: 30 },
            (_, level) => `<!ENTITY e${level + 1} "${`&e${level};`.repeat(10)}">`,
        );
        const bomb = `<!DOCTYPE x [<!ENTITY e0 "198.51.100.1">${levels.join("")}]>`;
        const stolen = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>';
        server.polls = [
            poll([
                block(`<![CDATA[${bomb}${stix("&e30;")}]]>`),
                block(`<![CDATA[${stolen}${stix("&f;")}]]>`),
            ]),
        ];
        assert.deepEqual(values(await read()), ["&e30;", "! content block cannot be read"]);
        server.polls = [poll([block(stix("&e30;"))]).replace("?>", `?>${bomb}`)];
        assert.deepEqual(values(await read()), ["&e30;"]);
    });

    it("tells by a Status_Message what is wrong, also with HTTP 200", async () => {
        const kinds: Record<string, FeedErrorKind> = {
            UNAUTHORIZED: "authentication",
            DENIED: "authentication",
            BAD_MESSAGE: "request",
            UNSUPPORTED_MESSAGE: "request",
            UNSUPPORTED_PROTOCOL: "request",
            UNSUPPORTED_CONTENT: "request",
            UNSUPPORTED_QUERY: "request",
            INVALID_RESPONSE_PART: "request",
            NOT_FOUND: "configuration",
            POLLING_UNSUPPORTED: "configuration",
            DESTINATION_COLLECTION_ERROR: "configuration",
            FAILURE: "server",
            NETWORK_ERROR: "server",
            ASYNCHRONOUS_POLL_ERROR: "server",
            PENDING: "server",
            RETRY: "server",
            SUCCESS: "response",
            SOMETHING: "response",
        };
        for (const [type, kind] of Object.entries(kinds)) {
            server = new FakeServer();
            server.polls = Array.from({ length: 3 }, () => status(type, `about ${type}`));
            await fails(kind, new RegExp(`${type} "about ${type}"`));
        }
    });

    it("tells by HTTP's status and by other answers what is wrong", async () => {
        const cases: [Answer, FeedErrorKind, RegExp][] = [
            [{ status: 401 }, "authentication", /refuses the user or password/],
            [{ status: 404 }, "configuration", /nothing at https:/],
            [{ status: 302 }, "configuration", /url/],
            [{ status: 429 }, "rate-limit", /less often/],
            [{ status: 503 }, "server", /HTTP 503/],
            [{ status: 400 }, "request", /HTTP 400/],
            ["<html><body>Sign in</body></html>", "response", /<html> instead of Discovery_Response/],
            ['{"error": 1}', "response", /not answer with a TAXII message/],
            ["", "response", /not answer with a TAXII message/],
            [
                message("Discovery_Response", "", "").slice(0, -5),
                "response",
                /not answer with a TAXII message/,
            ],
            [message("Discovery_Response", "", ""), "configuration", /no TAXII 1.1 collection management/],
            [new FeedError("unreachable", "no answer"), "unreachable", /no answer/],
        ];
        for (const [answer, kind, pattern] of cases) {
            server.discovery = answer;
            await fails(kind, pattern);
        }
        server.discovery = { status: 401 };
        await fails("authentication", /^https:\/\/taxii\.example\/discovery refuses/, {
            url: `${DISCOVERY}?key=secret`,
        });
    });

    it("tries again what may pass by itself", async () => {
        server.polls = [status("RETRY"), { status: 502 }, poll([block(stix("198.51.100.1"))])];
        assert.deepEqual(values(await read()), ["198.51.100.1"]);
    });

    it("sends the password to the feed's own host only, and stays with https", async () => {
        const at = (url: string): string =>
            message("Discovery_Response", "", service("COLLECTION_MANAGEMENT", url));
        server.discovery = at("https://elsewhere.example/collections");
        await fails("configuration", /not on its own host/);
        assert.deepEqual(new Set(server.asked.map(({ url }) => url)), new Set([DISCOVERY]));
        server.discovery = at("http://taxii.example:8080/collections");
        server.polls = [poll([])];
        await read();
        assert.ok(server.asked.every(({ url }) => url.startsWith(`${HOST}/`)));
    });

    it("does not read on for ever where a server repeats a part or names no result", async () => {
        server.polls = [poll([], { more: "r" }), poll([], { more: "r" })];
        await fails("response", /sent part "1" for part 2/);
        server.polls = [poll([], { more: "r" }).replace('result_id="r"', "")];
        await fails("response", /names no result/);
    });
});
