/**
 * Undoes the percent signs of a value. CloudFront encodes what a client sent, which may have been encoded already, and
 * has written user agents with `%2520` for a blank: what is still without a blank then is decoded once more.
 */
export function decodedText(text: string): string {
    const once = decoded(text);
    return once.includes(" ") || !once.includes("%20") ? once : decoded(once);
}

/** What is no UTF-8 behind its percent signs stays as it is. */
function decoded(text: string): string {
    if (!text.includes("%")) {
        return text;
    }
    try {
        return decodeURIComponent(text);
    } catch {
        return text.replace(/%[0-7][\da-f]/gi, (code) => String.fromCharCode(parseInt(code.slice(1), 16)));
    }
}

/** @returns addresses of an `x-forwarded-for` header, without ports and brackets; also what is none of them */
export function forwardedAddresses(header: string): string[] {
    return decoded(header)
        .split(",")
        .map((item) => item.trim())
        .filter((item) => item !== "")
        .map((item) => /^\[([^\]]*)\](?::\d+)?$/.exec(item)?.[1] ?? /^([^:]+):\d+$/.exec(item)?.[1] ?? item);
}
