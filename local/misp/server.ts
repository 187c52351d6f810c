import { createServer, IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { AddressInfo } from "node:net";
import { answer } from "./answer";
import { MispAttribute } from "./attributes";
import { MispFault } from "./faults";

export { attributesFromFeed } from "./attributes";
export type { MispAttribute, MispEvent } from "./attributes";
export type { MispFault } from "./faults";

export interface MispOptions {
    readonly key: string;
    readonly attributes: readonly MispAttribute[];
    /** @default a free one */
    readonly port?: number;
    /** PEM: it speaks https then. */
    readonly tls?: { readonly key: string; readonly cert: string };
    /** Searches that the key's user has in a window. @default no limit */
    readonly rateLimit?: number;
    /** Seconds until a used-up limit is reset, as the server says. @default 899 */
    readonly rateReset?: number;
}

export interface RunningMisp {
    readonly url: string;
    close(): Promise<void>;
    /** Plays a fault until it is called with undefined; with a count, for so many requests only. */
    fail(fault: MispFault | undefined, count?: number): void;
    /** Puts other attributes in place of what there is. */
    replace(attributes: readonly MispAttribute[]): void;
    /** Bodies of the searches so far. */
    readonly searches: readonly string[];
}

/** Starts a stand-in for MISP 2.5 on this host: the parts of its REST contract that a feed reader meets, traps too. */
export async function startMisp(options: MispOptions): Promise<RunningMisp> {
    let { attributes } = options;
    let fault: MispFault | undefined;
    let faults = Infinity;
    let url = "";
    const searches: string[] = [];
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
        const playing = faults-- > 0 ? fault : undefined;
        const state = { ...options, attributes, fault: playing, base: url, searches };
        answer(request, response, state).catch(() => response.destroy());
    };
    const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
    await new Promise<void>((resolve, reject) =>
        server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", () => resolve()),
    );
    url = `${options.tls ? "https" : "http"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
        url,
        searches,
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
            attributes = next;
        },
    };
}
