import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, ServerResponse } from "node:http";
import { AddressInfo } from "node:net";
import { Readable } from "node:stream";

/** What a file is: its text, or whoever answers for it. */
export type Served = string | ((response: ServerResponse) => void);

/** Serves lists that feeds read, with entity tags as web servers do. Their content can be changed. */
export class ListServer {
    private readonly files = new Map<string, Served>();

    private constructor(
        private readonly base: string,
        readonly stop: () => Promise<void>,
    ) {}

    /** On a free port of this host. */
    static async start(): Promise<ListServer> {
        const server = createServer((request, response) =>
            lists.answer(request.headers, request.url, response),
        );
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        const lists: ListServer = new ListServer(`http://127.0.0.1:${port}`, async () => {
            server.close();
            server.closeAllConnections();
            await once(server, "close");
        });
        return lists;
    }

    /** @returns the file's URL */
    put(name: string, content: Served | readonly string[]): string {
        this.files.set(`/${name}`, typeof content === "object" ? `${content.join("\n")}\n` : content);
        return `${this.base}/${name}`;
    }

    private answer(
        headers: Readonly<Record<string, string | string[] | undefined>>,
        path = "",
        response: ServerResponse,
    ): void {
        const content = this.files.get(path);
        if (typeof content === "function") {
            content(response);
        } else if (content === undefined) {
            response.writeHead(404).end();
        } else {
            const etag = `"${createHash("md5").update(content).digest("hex")}"`;
            const same = headers["if-none-match"] === etag;
            response.writeHead(same ? 304 : 200, { etag, "content-type": "text/plain" });
            response.end(same ? undefined : content);
        }
    }
}

/** One line without an end, of so many MiB. */
export function endlessLine(mebibytes: number): Served {
    const chunk = Buffer.alloc(1024 * 1024, "a");
    return (response) => {
        response.writeHead(200, { "content-type": "text/plain" });
        Readable.from(Array.from({ length: mebibytes }, () => chunk)).pipe(response);
    };
}

/** A list whose server dies when it has sent half of it. */
export function halfSent(lines: readonly string[]): Served {
    const text = lines.join("\n");
    return (response) => {
        response.writeHead(200, { "content-type": "text/plain", "content-length": text.length });
        response.write(text.slice(0, text.length / 2), () => response.destroy());
    };
}
