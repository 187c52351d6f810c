import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, IncomingMessage, RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { FeedError } from "./feed-error";
import { feedHttp, FeedHttpOptions, FeedRequest } from "./http";
import { TestServers } from "./http-testing";
import { isFeedError } from "./list-testing";

const servers = new TestServers();
const serve = (listener: RequestListener) => servers.serve(listener);

async function get(url: string, options: FeedHttpOptions = {}, request?: FeedRequest) {
    const http = feedHttp(options);
    try {
        const response = await http.request(url, request);
        return { ...response, text: await response.text() };
    } finally {
        await http.close();
    }
}

/** A self-signed certificate for 127.0.0.1, or undefined where there is no openssl. */
function selfSigned(): { readonly key: string; readonly cert: string } | undefined {
    const folder = mkdtempSync(path.join(tmpdir(), "syntheticsun-tls-"));
    try {
        const file = (name: string) => path.join(folder, name);
        const options = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=misp"];
        const names = ["-addext", "subjectAltName=IP:127.0.0.1"];
        const out = ["-keyout", file("key.pem"), "-out", file("cert.pem")];
        execFileSync("openssl", ["req", ...options, ...names, ...out], { stdio: "ignore" });
        return { key: readFileSync(file("key.pem"), "utf8"), cert: readFileSync(file("cert.pem"), "utf8") };
    } catch {
        return undefined;
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

describe("feedHttp", () => {
    after(() => servers.close());

    it("refuses plain http to anything but this machine", async () => {
        await assert.rejects(
            get("http://feeds.example/list"),
            isFeedError("configuration", /must begin with https/),
        );
        await assert.rejects(
            get("file:///etc/passwd"),
            isFeedError("configuration", /must begin with https/),
        );
        await assert.rejects(get("not a url"), isFeedError("configuration", /"not a url"/));
    });

    it("undoes content encodings", async () => {
        const url = await serve((_, response) =>
            response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("203.0.113.9\n")),
        );
        assert.equal((await get(url)).text, "203.0.113.9\n");
    });

    const secrets: [FeedHttpOptions, string, string][] = [
        [{ auth: { type: "header", name: "Auth-Key" }, secret: "k3y" }, "auth-key", "k3y"],
        [{ auth: { type: "bearer" }, secret: "k3y\n" }, "authorization", "Bearer k3y"],
        [{ auth: { type: "basic" }, secret: "guest:guest" }, "authorization", "Basic Z3Vlc3Q6Z3Vlc3Q="],
    ];
    for (const [options, header, value] of secrets) {
        it(`sends the secret as ${options.auth?.type}`, async () => {
            let seen: IncomingMessage | undefined;
            const url = await serve((request, response) => {
                seen = request;
                response.end();
            });
            await get(url, options);
            assert.equal(seen?.headers[header], value);
        });
    }

    it("never sends the secret to the host that a feed redirects to", async () => {
        const headers: unknown[] = [];
        const other = await serve((request, response) => {
            headers.push(request.headers.authorization);
            response.end("list");
        });
        const url = await serve((request, response) => {
            headers.push(request.headers.authorization);
            response.writeHead(302, { location: `${other}/list` }).end();
        });
        const options = { auth: { type: "bearer" }, secret: "k3y" } as const;
        assert.equal((await get(url, options, { redirect: true })).text, "list");
        assert.deepEqual(headers, ["Bearer k3y", undefined]);
        assert.equal((await get(url, options)).status, 302);
    });

    it("sends a secret in the URL itself to nobody", async () => {
        await assert.rejects(
            get("https://user:s3cret@feeds.example/list"),
            (error: FeedError) => error.kind === "configuration" && !/s3cret/.test(error.message),
        );
    });

    for (const secret of [undefined, " ", "k3y\r\nx: y"]) {
        it(`asks nobody with the secret ${JSON.stringify(secret)}`, () => {
            assert.throws(
                () => feedHttp({ auth: { type: "bearer" }, secret }),
                isFeedError("configuration", /secret is missing/),
            );
        });
    }

    it("follows no redirect to plain http, and not for ever", async () => {
        const plain = await serve((_, response) =>
            response.writeHead(302, { location: "http://feeds.example/" }).end(),
        );
        await assert.rejects(
            get(plain, {}, { redirect: true }),
            isFeedError("configuration", /feeds\.example/),
        );
        const round = await serve((_, response) => response.writeHead(302, { location: "/" }).end());
        await assert.rejects(
            get(round, {}, { redirect: true }),
            isFeedError("response", /more than 5 times/),
        );
    });

    it("says that nobody answers, without the query that may hold a key", async () => {
        const gone = new TestServers();
        const url = await gone.serve(() => undefined);
        gone.close();
        await assert.rejects(
            get(`${url}/x?key=s3cret`),
            (error: FeedError) => error.kind === "unreachable" && !/s3cret/.test(error.message),
        );
    });

    it("gives up on a server that says nothing", async () => {
        const url = await serve(() => undefined);
        await assert.rejects(
            get(url, { timeout: 100 }),
            isFeedError("unreachable", /sent nothing for too long/),
        );
    });

    it("notices a body that is cut short", async () => {
        const url = await serve((_, response) => {
            response.writeHead(200, { "content-length": "1000" });
            response.write("203.0.113.9\n");
            setTimeout(() => response.destroy(), 20);
        });
        await assert.rejects(get(url), isFeedError("unreachable", /broke off/));
    });

    it("notices an encoded body that is cut short or damaged", async () => {
        const packed = gzipSync("203.0.113.9\n".repeat(100));
        for (const bytes of [packed.subarray(0, -10), Buffer.from("203.0.113.9\n")]) {
            const url = await serve((_, response) =>
                response.writeHead(200, { "content-encoding": "gzip" }).end(bytes),
            );
            await assert.rejects(get(url), isFeedError("response", /damaged/));
        }
    });

    it("undoes two encodings, and none of an answer without a body", async () => {
        const url = await serve((_, response) =>
            response
                .writeHead(200, { "content-encoding": "gzip, br" })
                .end(brotliCompressSync(gzipSync("203.0.113.9\n"))),
        );
        assert.equal((await get(url)).text, "203.0.113.9\n");
        const unchanged = await serve((_, response) =>
            response.writeHead(304, { "content-encoding": "gzip" }).end(),
        );
        assert.equal((await get(unchanged)).status, 304);
    });

    it("gives up on a body that stops", async () => {
        const url = await serve((_, response) => void response.write("203.0.113.9\n"));
        await assert.rejects(get(url, { timeout: 100 }), isFeedError("unreachable", /sent nothing/));
    });

    it("holds no more of an answer than it may", async () => {
        const url = await serve((_, response) => response.end("x".repeat(1000)));
        const http = feedHttp();
        const response = await http.request(url);
        await assert.rejects(response.text(999), isFeedError("response", /longer than 999 bytes/));
        await http.close();
    });

    describe("with a certificate of one's own", () => {
        const pair = selfSigned();
        let url = "";
        let requests = 0;
        before(async function () {
            if (!pair) {
                this.skip();
            }
            const server = createTlsServer(pair!, (request, response) => {
                requests++;
                if (request.url === "/plain") {
                    response.writeHead(302, { location: "http://127.0.0.1/" });
                }
                response.end("list");
            });
            url = `https://127.0.0.1:${await servers.listen(server)}`;
        });
        const fingerprint = pair ? new X509Certificate(pair.cert).fingerprint256 : "";

        it("trusts nobody by itself, and says what to set", async () => {
            await assert.rejects(get(url), isFeedError("configuration", /tls\.ca.*tls\.fingerprint/));
            assert.equal(requests, 0);
        });

        it("does not follow from https to plain http", async () => {
            const tls = { ca: pair?.cert };
            await assert.rejects(
                get(`${url}/plain`, { tls }, { redirect: true }),
                isFeedError("response", /no https URL/),
            );
        });

        it("trusts one name of the certificate only", async () => {
            const named = url.replace("127.0.0.1", "localhost");
            await assert.rejects(
                get(named, { tls: { ca: pair?.cert } }),
                isFeedError("configuration", /ALTNAME/),
            );
        });

        it("goes through the proxy that the environment names, and still knows the server", async () => {
            const asked: string[] = [];
            const proxy = createServer().on("connect", (request, socket) => {
                asked.push(request.url ?? "");
                const server = connect(Number(new URL(url).port), "127.0.0.1", () => {
                    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
                    server.pipe(socket).pipe(server);
                });
                socket.on("error", () => server.destroy());
            });
            process.env.HTTPS_PROXY = `http://127.0.0.1:${await servers.listen(proxy)}`;
            try {
                assert.equal((await get("https://feeds.example/", { tls: { fingerprint } })).text, "list");
                const wrong = { tls: { fingerprint: "00".repeat(32) } };
                await assert.rejects(
                    get("https://feeds.example/", wrong),
                    isFeedError("configuration", new RegExp(fingerprint)),
                );
                await assert.rejects(
                    get("https://feeds.example/", { tls: { ca: pair?.cert } }),
                    isFeedError("configuration", /ALTNAME/),
                );
                assert.equal((await get(url, { tls: { fingerprint } })).text, "list");
            } finally {
                delete process.env.HTTPS_PROXY;
            }
            assert.deepEqual(asked, Array(3).fill("feeds.example:443"));
        });

        it("refuses what is no certificate and no fingerprint", () => {
            for (const tls of [{ ca: "none" }, { fingerprint: "ab:cd" }, { ca: pair?.cert, fingerprint }]) {
                assert.throws(() => feedHttp({ tls }), isFeedError("configuration", /tls/));
            }
        });

        it("trusts the authority that is given", async () => {
            assert.equal((await get(url, { tls: { ca: pair?.cert } })).text, "list");
        });

        it("trusts the certificate with the fingerprint, and sends nothing to another one", async () => {
            assert.equal((await get(url, { tls: { fingerprint } })).text, "list");
            const pinned = { tls: { fingerprint: fingerprint.replace(/:/g, "").toLowerCase() } };
            assert.equal((await get(url, pinned)).text, "list");
            const before = requests;
            const wrong = { tls: { fingerprint: "00".repeat(32) } };
            await assert.rejects(get(url, wrong), isFeedError("configuration", new RegExp(fingerprint)));
            assert.equal(requests, before);
        });
    });
});
