import { IncomingMessage, ServerResponse } from "node:http";
import { MispAttribute, rowOf } from "./attributes";
import { MispFault, playFault, redirectToLogin, REFUSALS } from "./faults";
import { search, SearchBody } from "./search";

/** What an answer depends on. */
export interface MispState {
    readonly key: string;
    readonly attributes: readonly MispAttribute[];
    readonly fault?: MispFault;
    readonly base: string;
    readonly rateLimit?: number;
    readonly rateReset?: number;
    /** Bodies of the searches so far: this one is added. */
    readonly searches: string[];
}

type Headers = Readonly<Record<string, string>>;

const NO_KEY =
    "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.";
const BAD_JSON =
    "Invalid JSON input. Make sure that the JSON input is a correctly formatted JSON string. This request has been blocked to avoid an unfiltered request.";
const NO_PARAMETERS =
    "Restsearch queries using GET and no parameters are not allowed. If you have passed parameters via a JSON body, make sure you use POST requests.";
const SEARCH = /^\/attributes\/restSearch(?:\.json)?$/;
/** Seconds. */
const RATE_WINDOW = 900;

/** Answers one request. */
export async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    state: MispState,
): Promise<void> {
    const body = await read(request);
    const path = (request.url ?? "/").split("?")[0];
    const isSearch = SEARCH.test(path);
    if (playFault(state.fault, response, state.base)) {
        return;
    }
    const error = (status: number, message: string, headers: Headers = {}) =>
        send(response, status, { name: message, message, url: path }, headers);
    const refusal = state.fault && REFUSALS[state.fault];
    if (path === "/users/heartbeat") {
        return state.fault === "database-down" && refusal
            ? error(...refusal)
            : send(response, 200, { message: "Not enough minerals." });
    }
    // restSearch alone is content with any Accept.
    if (!isSearch && !/application\/json/.test(request.headers.accept ?? "")) {
        return redirectToLogin(response, state.base);
    }
    if ((request.headers.authorization ?? request.headers["x-misp-auth"]) !== state.key) {
        return error(403, NO_KEY);
    }
    if (refusal && (isSearch || state.fault !== "rate-limit")) {
        return error(...refusal, refusal[0] === 429 ? rateHeaders(state, Infinity) : {});
    }
    if (path === "/servers/getVersion") {
        return send(response, 200, {
            version: "2.5.1",
            pymisp_recommended_version: "2.5.1",
            perm_sync: true,
        });
    }
    return isSearch
        ? answerSearch(request, response, { ...state, body, error })
        : error(404, path.startsWith("/events/view/") ? "Invalid event" : "Not Found");
}

interface Search extends MispState {
    readonly body: string;
    readonly error: (status: number, message: string, headers?: Headers) => void;
}

function answerSearch(request: IncomingMessage, response: ServerResponse, state: Search): void {
    const { error, searches, rateLimit } = state;
    searches.push(state.body);
    const rate = rateLimit === undefined ? {} : rateHeaders(state, searches.length);
    if (rateLimit !== undefined && searches.length > rateLimit) {
        return error(429, "Rate limit exceeded.", rate);
    }
    if (request.method === "GET") {
        return error(400, NO_PARAMETERS);
    }
    const filter = filterOf(request, state.body);
    if (!filter) {
        return error(405, BAD_JSON);
    }
    if (filter.limit !== undefined && Number.isNaN(Number(filter.limit))) {
        return error(500, "An Internal Error Has Occurred.");
    }
    if ((filter.returnFormat ?? "json") !== "json") {
        return error(404, "Invalid output format.");
    }
    const { rows, resultCount, skipped } = search(state.attributes, filter);
    const warnings = Boolean(filter.includeWarninglistHits);
    const Attribute = rows.map(({ id, attribute }) => rowOf(attribute, id, { warnings }));
    const headers = {
        ...rate,
        "x-result-count": String(resultCount),
        "x-export-module-used": "json",
        "x-response-format": "json",
        "x-skipped-elements-count": String(skipped),
    };
    return send(response, 200, { response: { Attribute } }, headers);
}

function rateHeaders({ rateLimit = 3, rateReset = RATE_WINDOW - 1 }: MispState, used: number): Headers {
    return {
        "x-rate-limit-limit": String(rateLimit),
        "x-rate-limit-remaining": String(Math.max(0, rateLimit - used)),
        "x-rate-limit-reset": String(used > rateLimit ? rateReset : RATE_WINDOW),
    };
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
        const parsed = (JSON.parse(body) as SearchBody | null) ?? {};
        return parsed.request ?? parsed;
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

function send(response: ServerResponse, status: number, body: object, headers: Headers = {}): void {
    const cookie = "MISP-local=0; path=/; HttpOnly; SameSite=Lax";
    response
        .writeHead(status, {
            "content-type": "application/json; charset=UTF-8",
            "set-cookie": cookie,
            ...headers,
        })
        .end(JSON.stringify(body));
}
