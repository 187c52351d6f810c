import { FeedError } from "./feed-error";

/**
 * The key in a secret: the key itself, or JSON `{"key": "…"}`.
 * @throws FeedError `configuration` when there is none, or one that a header cannot hold
 */
export function mispKey(secret: string | undefined): string {
    const text = secret?.trim() ?? "";
    const key = text.startsWith("{") ? keyOfJson(text) : text;
    if (!/^[\x21-\x7e]+$/.test(key)) {
        throw new FeedError(
            "configuration",
            'the feed\'s secret holds no MISP key: store the bare key without "Bearer", or JSON {"key": "…"}',
        );
    }
    return key;
}

function keyOfJson(text: string): string {
    try {
        const { key } = JSON.parse(text) as { key?: unknown };
        return typeof key === "string" ? key.trim() : "";
    } catch {
        return "";
    }
}
