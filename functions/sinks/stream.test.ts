import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { StreamSink } from "./stream";

describe("StreamSink", () => {
    it("waits for a slow stream and writes every line in order", async () => {
        let written = "";
        let busy = 0;
        const slow = new Writable({
            decodeStrings: false,
            write(chunk: string, _encoding, done) {
                assert.equal(busy++, 0);
                setImmediate(() => {
                    written += chunk;
                    busy--;
                    done();
                });
            },
        });
        const other = new Writable({ write: (_chunk, _encoding, done) => done() });
        const sink = new StreamSink(slow, other);
        const line = "x".repeat(1000);
        for (let i = 0; i < 3000; i++) {
            await sink.document(`${i} ${line}`);
        }
        await sink.close();
        assert.ok(slow.writableFinished);
        assert.deepEqual(
            written
                .trimEnd()
                .split("\n")
                .map((text) => parseInt(text, 10)),
            Array.from({ length: 3000 }, (_, i) => i),
        );
    });

    it("passes a stream's error on", async () => {
        const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
        const sink = new StreamSink(broken, broken);
        sink.document("x");
        await assert.rejects(sink.close(), /EPIPE/);
    });
});
