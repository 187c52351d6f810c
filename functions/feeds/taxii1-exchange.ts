import { FeedError, FeedErrorKind } from "./feed-error";
import { shownUrl } from "./http-url";
import { FeedTools } from "./registry";
import { retrying } from "./retry";
import { STATUS_KINDS, taxii1Headers, Taxii1Request } from "./taxii1-messages";
import { descend, parseEnvelope, textAt, XmlElement } from "./taxii1-xml";

const RETRIES = 2;

/** The server's Status_Message instead of an answer; it comes with HTTP 200, also when it refuses the password. */
export class Taxii1StatusError extends FeedError {
    constructor(
        readonly status: string,
        kind: FeedErrorKind,
        message: string,
    ) {
        super(kind, message);
    }
}

/**
 * Sends a message and reads the answer; what may pass by itself is tried again.
 * @param answer name of the answer's root element
 * @throws FeedError when there is another answer, or none
 */
export async function exchange(
    tools: Pick<FeedTools, "http" | "sleep">,
    url: string,
    request: Taxii1Request,
    answer: string,
): Promise<XmlElement> {
    return retrying(tools, () => attemptExchange(tools, url, request, answer), { retries: RETRIES });
}

async function attemptExchange(
    { http }: Pick<FeedTools, "http">,
    url: string,
    request: Taxii1Request,
    answer: string,
): Promise<XmlElement> {
    const response = await http.request(url, {
        method: "POST",
        headers: taxii1Headers(url),
        body: request.body,
    });
    if (response.status !== 200) {
        await response.cancel();
        throw httpError(url, response.status);
    }
    const root = messageOf(url, await response.text());
    if (root.name === "Status_Message") {
        throw statusError(request, root);
    }
    if (root.name !== answer) {
        throw new FeedError(
            "response",
            `${shownUrl(url)} answers a ${request.name} with <${root.name.slice(0, 60)}> instead of ${answer}: is it a TAXII 1.1 service?`,
        );
    }
    return root;
}

/** Content is read block by block later, so that one that is broken does not spoil the others. */
function messageOf(url: string, text: string): XmlElement {
    try {
        return parseEnvelope(text.replace(/^\ufeff/, ""), "Poll_Response.Content_Block.Content");
    } catch (error) {
        const { message } = error as Error;
        throw new FeedError(
            "response",
            `${shownUrl(url)} does not answer with a TAXII message (${message.slice(0, 120)}): is it a TAXII 1.1 service?`,
            { cause: error },
        );
    }
}

function httpError(url: string, status: number): FeedError {
    if (status === 401 || status === 403) {
        return new FeedError(
            "authentication",
            `${shownUrl(url)} refuses the user or password (HTTP ${status})`,
        );
    }
    if (status === 429) {
        return new FeedError(
            "rate-limit",
            `${shownUrl(url)} is asked too often (HTTP 429): run the feed less often`,
        );
    }
    if (status >= 500) {
        return new FeedError("server", `${shownUrl(url)} fails (HTTP ${status})`);
    }
    return status === 404 || (status >= 300 && status < 400)
        ? new FeedError(
              "configuration",
              `nothing at ${shownUrl(url)} (HTTP ${status}): set the feed's url right`,
          )
        : new FeedError("request", `${shownUrl(url)} refuses the request (HTTP ${status})`);
}

function statusError({ name }: Taxii1Request, message: XmlElement): Taxii1StatusError {
    const status = message.attributes.status_type ?? "no type";
    const kind = STATUS_KINDS[status] ?? "response";
    const said = [textAt(message, "Message"), textAt(descend(message, "Status_Detail"), "Detail")]
        .filter((text) => text !== undefined)
        .map((text) => JSON.stringify(text.replace(/\s+/g, " ").slice(0, 200)));
    const advice = kind === "authentication" ? "; check the user, its password and its rights" : "";
    return new Taxii1StatusError(
        status,
        kind,
        `the TAXII server answers a ${name} with ${[status.slice(0, 60), ...said].join(" ")}${advice}`,
    );
}
