import { FeedError } from "./feed-error";
import { shownUrl } from "./http-url";

/** Node's and OpenSSL's codes for a certificate that does not hold. */
const CERTIFICATE = /CERT|^UNABLE_TO_|^SELF_SIGNED|^INVALID_(?:CA|PURPOSE)$|^HOSTNAME_MISMATCH$/;

/** A fault of the connection, or of the encoding, as one of the feed. */
export function transportError(error: unknown, url: URL): FeedError {
    if (error instanceof FeedError) {
        return error;
    }
    const { code = "", message } = error as { code?: string; message: string };
    const where = shownUrl(url);
    if (/^Z_|^ERR_?_?BROTLI|^ERR__|^ERR_PADDING|^ERR_TRAILING_JUNK/.test(code)) {
        return new FeedError(
            "response",
            `the answer of ${where} is damaged: its content-encoding cannot be undone`,
            {
                cause: error,
            },
        );
    }
    if (CERTIFICATE.test(code)) {
        return new FeedError(
            "configuration",
            `the certificate of ${url.host} is not trusted (${code}): give its authority as tls.ca ` +
                "or its own SHA-256 fingerprint as tls.fingerprint",
            { cause: error },
        );
    }
    if (code === "UND_ERR_BODY_TIMEOUT" || code === "UND_ERR_HEADERS_TIMEOUT") {
        return new FeedError("unreachable", `${where} sent nothing for too long (${code})`, { cause: error });
    }
    return new FeedError("unreachable", `${where} cannot be read, or broke off: ${code || message}`, {
        cause: error,
    });
}
