import * as net from "node:net";
import { ToolError } from "../tools/error";

/**
 * A free port: the one a user fixed, else the one used last, else any.
 * @param variable environment variable by which a user fixes it
 * @throws ToolError when the fixed one is taken
 */
export async function choosePort(variable: string, last: number | undefined): Promise<number> {
    const fixed = process.env[variable];
    if (fixed !== undefined) {
        const port = Number(fixed);
        if (!Number.isInteger(port) || port < 1 || port > 65_535) {
            throw new ToolError(`${variable}=${fixed} is not a port: give a number from 1 to 65535`);
        }
        if (!(await isFree(port))) {
            throw new ToolError(
                `port ${port} is already taken: stop what listens there or change ${variable}`,
            );
        }
        return port;
    }
    return last !== undefined && (await isFree(last)) ? last : anyPort();
}

export function isFree(port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.once("error", () => resolve(false));
        server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
}

/** A port that nobody listens at. */
export function anyPort(): Promise<number> {
    return new Promise((resolve, reject) => {
        const server = net.createServer();
        server.once("error", reject);
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}
