import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, Server } from "node:http";
import { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, download, downloadText, reason } from "./download";

describe("download", () => {
    let folder: string;
    let server: Server;
    let url: string;
    before(async () => {
        folder = mkdtempSync(join(tmpdir(), "download-"));
        server = createServer((request, response) => {
            if (request.url === "/none") {
                response.writeHead(404).end();
            } else if (request.url === "/cut") {
                response.writeHead(200, { "content-length": "100" }).write("half");
                setTimeout(() => response.destroy(), 20);
            } else {
                response.writeHead(200, { "content-length": "5" }).end("hello");
            }
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
        server.close();
        rmSync(folder, { recursive: true, force: true });
    });

    it("writes the file, tells how far it is, and has its digest", async () => {
        const file = join(folder, "a");
        const told: number[] = [];
        await download(`${url}/a`, file, (percent) => told.push(percent));
        assert.equal(readFileSync(file, "utf8"), "hello");
        assert.equal(told.at(-1), 100);
        assert.equal(await digest(file, "sha1"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    });

    it("leaves nothing when the connection breaks", async () => {
        const file = join(folder, "b");
        await assert.rejects(download(`${url}/cut`, file, () => undefined));
        assert.equal(existsSync(file), false);
    });

    it("tells a missing file from a server that is not there", async () => {
        await assert.rejects(
            download(`${url}/none`, join(folder, "c"), () => undefined),
            /answer 404/,
        );
        assert.equal(await downloadText(`${url}/none`), undefined);
        const error: unknown = await downloadText("http://127.0.0.1:1/").catch((it: unknown) => it);
        assert.doesNotMatch(reason(error), /127\.0\.0\.1|fetch failed/);
    });
});
