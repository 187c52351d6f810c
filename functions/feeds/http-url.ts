import { isIP } from "node:net";
import { FeedError } from "./feed-error";

/**
 * @returns the URL, if a feed may be read from it
 * @throws FeedError `configuration` for one that is neither https nor plain http to this host itself
 */
export function feedUrl(text: string): URL {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url) {
        throw new FeedError(
            "configuration",
            `the feed's URL must begin with https://, unlike ${JSON.stringify(text.split("?", 1)[0])}`,
        );
    }
    if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
        throw new FeedError(
            "configuration",
            `the feed's URL must begin with https://, unlike ${JSON.stringify(shownUrl(url))}`,
        );
    }
    if (url.username !== "" || url.password !== "") {
        throw new FeedError(
            "configuration",
            `the URL ${shownUrl(url)} holds a user or a password: put them into a secret, with auth "basic"`,
        );
    }
    return url;
}

/** This host's own addresses: 127.0.0.0/8, ::1 and localhost. */
export function isLoopback({ hostname }: URL): boolean {
    return (
        hostname === "localhost" ||
        hostname === "[::1]" ||
        (isIP(hostname) === 4 && hostname.startsWith("127."))
    );
}

/** For messages: without what may be secret, the query and the user. */
export function shownUrl(url: URL | string): string {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
}
