import { X509Certificate } from "node:crypto";
import { ConnectionOptions, rootCertificates, TLSSocket } from "node:tls";
import { Agent, buildConnector, Dispatcher, EnvHttpProxyAgent, Pool } from "undici";
import { FeedTls } from "./definition";
import { FeedError } from "./feed-error";
import { isLoopback } from "./http-url";

const CONNECT_TIMEOUT = 15_000;

/** Connections of one feed: through the proxy that the environment names (`HTTPS_PROXY`), and never to this host itself. */
export class FeedConnections {
    private readonly direct: Agent;
    private readonly outward: Dispatcher;

    /**
     * @param timeout milliseconds without a byte
     * @throws FeedError `configuration`
     */
    constructor(tls: FeedTls | undefined, timeout: number) {
        const connect = { ...tlsOptions(tls), timeout: Math.min(timeout, CONNECT_TIMEOUT) };
        const pin = tls?.fingerprint === undefined ? undefined : pinOf(tls.fingerprint);
        const options: Agent.Options = {
            connect,
            headersTimeout: timeout,
            bodyTimeout: timeout,
            // Whether straight or through a proxy's tunnel, every connection to the server passes here.
            factory: (origin, pool) => new Pool(origin, checkedPool(pool as Pool.Options, pin)),
        };
        this.direct = new Agent(options);
        this.outward =
            process.env.HTTPS_PROXY || process.env.https_proxy
                ? new EnvHttpProxyAgent({ ...options, requestTls: connect })
                : this.direct;
    }

    for(url: URL): Dispatcher {
        return isLoopback(url) ? this.direct : this.outward;
    }

    async close(): Promise<void> {
        await Promise.all([this.direct.destroy(), this.outward.destroy()]);
    }
}

/** A pinned certificate stands for itself: the chain is not asked then, and `checkedPool` does what the chain would. */
function tlsOptions(tls: FeedTls | undefined): ConnectionOptions & { maxCachedSessions?: number } {
    if (tls?.ca !== undefined && tls.fingerprint !== undefined) {
        throw new FeedError("configuration", "tls takes ca or fingerprint, not both");
    }
    if (tls?.fingerprint !== undefined) {
        return { rejectUnauthorized: false, maxCachedSessions: 0 };
    }
    const added = tls?.ca === undefined ? {} : { ca: [...rootCertificates, ...authorities(tls.ca)] };
    // Said aloud, since NODE_TLS_REJECT_UNAUTHORIZED would change the default.
    return { rejectUnauthorized: true, ...added };
}

function authorities(pem: string): string[] {
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    try {
        found.forEach((certificate) => new X509Certificate(certificate));
    } catch (cause) {
        throw new FeedError("configuration", "tls.ca holds a certificate that cannot be read", { cause });
    }
    if (found.length === 0) {
        throw new FeedError("configuration", "tls.ca holds no certificate: give PEM text");
    }
    return found;
}

function pinOf(fingerprint: string): string {
    const hex = fingerprint.replace(/:/g, "").toLowerCase();
    if (!/^[0-9a-f]{64}$/.test(hex)) {
        throw new FeedError("configuration", "tls.fingerprint must be a SHA-256 fingerprint: 64 hex digits");
    }
    return hex;
}

/** The connection is handed on, and a request sent, only when the server's certificate is the pinned one. */
function checkedPool(options: Pool.Options, pin: string | undefined): Pool.Options {
    if (pin === undefined) {
        return options;
    }
    const connect =
        typeof options.connect === "function" ? options.connect : buildConnector({ ...options.connect });
    const checked: buildConnector.connector = (target, callback) =>
        connect(target, (error, socket) => {
            const fault = error ?? pinFault(socket, target, pin);
            if (fault) {
                socket?.destroy();
                callback(fault, null);
            } else {
                callback(null, socket as TLSSocket);
            }
        });
    return { ...options, connect: checked };
}

function pinFault(
    socket: unknown,
    { hostname, protocol }: buildConnector.Options,
    pin: string,
): Error | undefined {
    if (protocol !== "https:") {
        return undefined;
    }
    const seen = socket instanceof TLSSocket ? socket.getPeerCertificate().fingerprint256 : undefined;
    if (seen !== undefined && pinOf(seen) === pin) {
        return undefined;
    }
    return new FeedError(
        "configuration",
        `the certificate of ${hostname} is not the pinned one, it has the SHA-256 fingerprint ${seen ?? "of none"}: ` +
            "if its owner changed it, set tls.fingerprint to this",
    );
}
