import { FeedError } from "./feed-error";
import { feedUrl } from "./http-url";
import { MispPage, pageOf } from "./misp-answer";
import { FeedTools } from "./registry";
import { retrying } from "./retry";

/** A MISP that is searched. */
export interface MispServer {
    /** Base URL. */
    readonly url: string;
    /** It needs read rights only; its user must see the feeds' events. */
    readonly key: string;
    readonly tools: Pick<FeedTools, "http" | "sleep">;
}

/**
 * One page of a search by `/attributes/restSearch`. Server and connection errors are retried, a rate limit is
 * waited for.
 */
export async function searchPage(server: MispServer, body: object): Promise<MispPage> {
    try {
        return await retrying(server.tools, () => attemptPage(server, body));
    } catch (error) {
        throw withoutKey(error, server.key);
    }
}

async function attemptPage({ url, key, tools }: MispServer, body: object): Promise<MispPage> {
    const response = await tools.http.request(searchUrl(url), {
        method: "POST",
        // Without Content-Type MISP ignores the body and returns everything; without Accept it may redirect to a login.
        headers: { authorization: key, accept: "application/json", "content-type": "application/json" },
        body: JSON.stringify(body),
    });
    return pageOf(response);
}

function searchUrl(base: string): string {
    const url = feedUrl(base);
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/attributes/restSearch`;
    url.search = "";
    url.hash = "";
    return url.href;
}

/** A server, or a proxy before it, may repeat in its message what it was sent. */
function withoutKey(error: unknown, key: string): unknown {
    return error instanceof FeedError && error.message.includes(key)
        ? new FeedError(error.kind, error.message.replaceAll(key, "<key>"))
        : error;
}
