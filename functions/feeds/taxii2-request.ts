import { FeedError } from "./feed-error";
import { FeedResponse } from "./http";
import { shownUrl } from "./http-url";
import { FeedTools } from "./registry";
import { PassingError, retryAfter, retrying } from "./retry";

/** The only media type of TAXII 2.1; servers refuse it without the version. */
const MEDIA_TYPE = "application/taxii+json;version=2.1";
const MOST_ERROR_BYTES = 64 * 1024;

/** An answer: a JSON object. */
export interface Taxii2Answer {
    readonly body: Readonly<Record<string, unknown>>;
    readonly headers: FeedResponse["headers"];
}

/** 400: also of a page whose session has expired. */
export class Taxii2BadRequest extends FeedError {}

/**
 * Asks a TAXII 2.1 server. What may pass by itself is tried again, a rate limit is waited for.
 * @throws FeedError when there is no answer of TAXII 2.1
 */
export async function getTaxii2(
    tools: Pick<FeedTools, "http" | "now" | "sleep">,
    url: string,
): Promise<Taxii2Answer> {
    return retrying(tools, () => attemptGet(tools, url));
}

async function attemptGet(
    { http, now }: Pick<FeedTools, "http" | "now">,
    url: string,
): Promise<Taxii2Answer> {
    const response = await http.request(url, { headers: { accept: MEDIA_TYPE } });
    if (response.status !== 200) {
        throw await statusError(response, shownUrl(url), now());
    }
    const type = response.headers["content-type"];
    if (!isTaxii21(type)) {
        await response.cancel();
        const found = type === undefined ? "something without a type" : JSON.stringify(type.slice(0, 60));
        throw new FeedError(
            "response",
            `${shownUrl(url)} answers with ${found} instead of ${MEDIA_TYPE}: set the feed's url to a TAXII 2.1 server`,
        );
    }
    return { body: jsonObject(await response.text(), url), headers: response.headers };
}

/** Servers write it with and without spaces and quotes. */
function isTaxii21(type = ""): boolean {
    const [media, ...parameters] = type
        .toLowerCase()
        .split(";")
        .map((part) => part.trim().replaceAll('"', ""));
    const version = parameters.find((parameter) => parameter.startsWith("version="));
    return media === "application/taxii+json" && (version ?? "version=2.1") === "version=2.1";
}

function jsonObject(text: string, url: string): Taxii2Answer["body"] {
    let body: unknown;
    try {
        body = JSON.parse(text);
    } catch (error) {
        throw new FeedError("response", `${shownUrl(url)} sends broken JSON: ask the feed's operator`, {
            cause: error,
        });
    }
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
        throw new FeedError("response", `${shownUrl(url)} sends no JSON object: ask the feed's operator`);
    }
    return body as Taxii2Answer["body"];
}

async function statusError(response: FeedResponse, url: string, now: Date): Promise<FeedError> {
    const { status, headers } = response;
    const said = await errorTitle(response);
    const message = (what: string): string => `${url} ${what} (HTTP ${status}${said})`;
    if (status >= 500) {
        return new PassingError("server", message("fails"), retryAfter(headers["retry-after"], now));
    }
    if (status >= 300 && status < 400) {
        const target = redirectTarget(headers.location, url);
        return new FeedError("configuration", message(`redirects${target}: set the feed's url to that`));
    }
    switch (status) {
        case 400:
            return new Taxii2BadRequest("request", message("does not understand the request"));
        case 401:
            return new FeedError(
                "authentication",
                message("does not accept the secret, or needs one: check the feed's auth and secretArn"),
            );
        case 403:
            return new FeedError(
                "authentication",
                message("forbids it: ask the operator for the right to read"),
            );
        case 404:
            return new FeedError(
                "configuration",
                message("is not there: check the feed's url and collections"),
            );
        case 406:
        case 415:
        case 416:
            return new FeedError(
                "configuration",
                message("does not speak TAXII 2.1: set the feed's url to an API root that does"),
            );
        case 429: {
            const wait = retryAfter(headers["retry-after"], now);
            const until = wait === undefined ? "" : ` for ${wait} s`;
            return new PassingError(
                "rate-limit",
                message(`is asked too often${until}: run the feed less often`),
                wait,
            );
        }
        default:
            return new FeedError("request", message("refuses the request"));
    }
}

/** TAXII errors have a title. A login page has not, and is not worth reading. */
async function errorTitle(response: FeedResponse): Promise<string> {
    if (!isTaxii21(response.headers["content-type"])) {
        await response.cancel();
        return "";
    }
    try {
        const { title } = JSON.parse(await response.text(MOST_ERROR_BYTES)) as { title?: unknown };
        return typeof title === "string" ? `, ${JSON.stringify(title.slice(0, 100))}` : "";
    } catch {
        return "";
    }
}

function redirectTarget(location: string | undefined, base: string): string {
    return location !== undefined && URL.canParse(location, base)
        ? ` to ${shownUrl(new URL(location, base))}`
        : "";
}
