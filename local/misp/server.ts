import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { MispAttribute, rowOf } from "./attributes";
import { search, SearchBody } from "./search";

export { attributesFromFeed } from "./attributes";
export type { MispAttribute } from "./attributes";

/** A fault to play: nginx without PHP, the database down, a used-up rate limit. */
export type MispFault = "bad-gateway" | "database-down" | "rate-limit";

export interface MispOptions {
    readonly key: string;
    readonly attributes: readonly MispAttribute[];
    /** @default a free one */
    readonly port?: number;
}

export interface RunningMisp {
    readonly url: string;
    close(): Promise<void>;
    /** Plays a fault until it is called with undefined; with a count, for so many requests only. */
    fail(fault: MispFault | undefined, count?: number): void;
    /** Puts other attributes in place of what there is. */
    replace(attributes: readonly MispAttribute[]): void;
}

const NO_KEY =
    "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.";
const BAD_JSON =
    "Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. This request has been blocked to avoid an unfiltered request.";
const NO_PARAMETERS =
    "Restsearch queries using GET and no parameters are not allowed. If you have passed parameters via a JSON body, make sure you use POST requests.";
const BAD_GATEWAY =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/** Starts a stand-in for MISP 2.5 on this host: the parts of its REST contract that a feed reader meets, traps too. */
export async function startMisp({ key, attributes, port = 0 }: MispOptions): Promise<RunningMisp> {
    let present = attributes;
    let fault: MispFault | undefined;
    let faults = Infinity;
    const server = createServer((request, response) => {
        const playing = faults-- > 0 ? fault : undefined;
        answer(request, response, { key, attributes: present, fault: playing }).catch(() =>
            response.destroy(),
        );
    });
    await new Promise<void>((resolve, reject) =>
        server.once("error", reject).listen(port, "127.0.0.1", () => resolve()),
    );
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
        fail: (next, count = Infinity) => {
            fault = next;
            faults = count;
        },
        replace: (next) => {
            present = next;
        },
    };
}

interface State {
    readonly key: string;
    readonly attributes: readonly MispAttribute[];
    readonly fault?: MispFault;
}

async function answer(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
    const body = await read(request);
    const path = (request.url ?? "/").split("?")[0];
    const error = (status: number, message: string, headers: Record<string, string> = {}) =>
        send(response, status, { name: message, message, url: path }, headers);
    if (state.fault === "bad-gateway") {
        return void response.writeHead(502, { "content-type": "text/html" }).end(BAD_GATEWAY);
    }
    if (state.fault === "database-down") {
        return error(500, "An Internal Error Has Occurred.");
    }
    if (path === "/users/heartbeat") {
        return send(response, 200, { message: "Not enough minerals." });
    }
    if (!/application\/json/.test(request.headers.accept ?? "")) {
        return void response.writeHead(302, { location: "/users/login", "content-type": "text/html" }).end();
    }
    if ((request.headers.authorization ?? request.headers["x-misp-auth"]) !== state.key) {
        return error(403, NO_KEY);
    }
    if (path === "/servers/getVersion") {
        return send(response, 200, {
            version: "2.5.1",
            pymisp_recommended_version: "2.5.1",
            perm_sync: true,
        });
    }
    if (path !== "/attributes/restSearch") {
        return error(404, "Not Found");
    }
    if (state.fault === "rate-limit") {
        const limits = {
            "x-rate-limit-limit": "3",
            "x-rate-limit-remaining": "0",
            "x-rate-limit-reset": "899",
        };
        return error(429, "Rate limit exceeded.", limits);
    }
    if (request.method === "GET") {
        return error(400, NO_PARAMETERS);
    }
    const filter = filterOf(request, body);
    if (!filter) {
        return error(405, BAD_JSON);
    }
    if (filter.limit !== undefined && Number.isNaN(Number(filter.limit))) {
        return error(500, "An Internal Error Has Occurred.");
    }
    const { rows, resultCount } = search(state.attributes, filter);
    const Attribute = rows.map(({ id, attribute }) => rowOf(attribute, id));
    return send(
        response,
        200,
        { response: { Attribute } },
        {
            "x-result-count": String(resultCount),
            "x-skipped-elements-count": "0",
            "x-response-format": "json",
        },
    );
}

/** Without a JSON content type, by PUT or without a body there is no filter at all: everything is answered. */
function filterOf(request: IncomingMessage, body: string): SearchBody | undefined {
    if (
        request.method !== "POST" ||
        !/application\/json/.test(request.headers["content-type"] ?? "") ||
        !body
    ) {
        return {};
    }
    try {
        return (JSON.parse(body) as SearchBody | null) ?? {};
    } catch {
        return undefined;
    }
}

async function read(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
        chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function send(
    response: ServerResponse,
    status: number,
    body: object,
    headers: Record<string, string> = {},
): void {
    const cookie = "MISP-local=0; path=/; HttpOnly; SameSite=Lax";
    response
        .writeHead(status, {
            "content-type": "application/json; charset=UTF-8",
            "set-cookie": cookie,
            ...headers,
        })
        .end(JSON.stringify(body));
}
