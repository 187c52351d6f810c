import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { StreamSink } from "./stream";

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

describe("StreamSink", () => {
    it("waits for a slow stream and writes every line in order, though the caller reuses its bytes", async () => {
        let written = "";
        let busy = 0;
        const slow = new Writable({
            write(chunk: Buffer, _encoding, done) {
                assert.equal(busy++, 0);
                setImmediate(() => {
                    written += chunk.toString();
                    busy--;
                    done();
                });
            },
        });
        const other = nowhere();
        const sink = new StreamSink(slow, other);
        const bytes = Buffer.alloc(5000);
        for (let i = 0; i < 1000; i++) {
            const length = bytes.write(`${i} ${"x".repeat(2000)}\n${i} y\n`);
            await sink.documents(bytes.subarray(0, length));
            bytes.fill(0);
        }
        await sink.close();
        assert.ok(slow.writableFinished && other.writableFinished);
        assert.deepEqual(
            written
                .trimEnd()
                .split("\n")
                .map((text) => text.replace(/x+$/, "")),
            Array.from({ length: 1000 }, (_, i) => [`${i} `, `${i} y`]).flat(),
        );
    });

    it("writes quarantine lines to their own stream, a line each", async () => {
        let written = "";
        const stream = new Writable({
            write(chunk: Buffer, _encoding, done) {
                written += chunk.toString();
                done();
            },
        });
        const sink = new StreamSink(nowhere(), stream);
        await sink.quarantine('{"a":1}');
        await sink.quarantine('{"ä":2}');
        await sink.close();
        assert.equal(written, '{"a":1}\n{"ä":2}\n');
    });

    it("passes a stream's error on, also one that comes late", async () => {
        const broken = () => new Writable({ write: (_chunk, _encoding, done) => done(new Error("EPIPE")) });
        await assert.rejects(new StreamSink(broken(), nowhere()).documents(Buffer.from("x")), /EPIPE/);
        await assert.rejects(new StreamSink(nowhere(), broken()).quarantine("x"), /EPIPE/);

        const late = new Writable({
            write: (_chunk, _encoding, done) => done(),
            final: (done) => done(new Error("ENOSPC")),
        });
        const sink = new StreamSink(late, nowhere());
        await sink.documents(Buffer.from("x"));
        await assert.rejects(sink.close(), /ENOSPC/);

        const gone = nowhere();
        const other = new StreamSink(gone, nowhere());
        gone.destroy(new Error("EIO"));
        await new Promise(setImmediate);
        await assert.rejects(other.documents(Buffer.from("x")), /EIO/);
        await assert.rejects(other.close(), /EIO/);
    });
});
