import { createServer, RequestListener, Server } from "node:http";
import { AddressInfo } from "node:net";

/** Local servers of a test. */
export class TestServers {
    private readonly servers: Server[] = [];

    /** @returns its port at 127.0.0.1 */
    async listen(server: Server): Promise<number> {
        this.servers.push(server);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return (server.address() as AddressInfo).port;
    }

    /** @returns its URL, without a slash at the end */
    async serve(listener: RequestListener): Promise<string> {
        return `http://127.0.0.1:${await this.listen(createServer(listener))}`;
    }

    close(): void {
        for (const server of this.servers.splice(0)) {
            server.closeAllConnections();
            server.close();
        }
    }
}
