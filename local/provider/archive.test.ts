import { unzipSync } from "fflate";
import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { archiveFiles, zip } from "./archive";
import { SIGNATURE } from "./properties";

const asset = (props: object): object => ({ [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", ...props });
const archive = (props: object): Record<string, unknown> => ({
    [SIGNATURE]: "0def7320c3a5731c473e5ecbe6d01bc7",
    ...props,
});
const texts = (bytes: Uint8Array): Record<string, string> =>
    Object.fromEntries(
        Object.entries(unzipSync(bytes)).map(([name, data]) => [name, Buffer.from(data).toString()]),
    );

describe("archive", () => {
    let directory: string;
    before(() => {
        directory = fs.mkdtempSync(path.join(os.tmpdir(), "archive-"));
        fs.mkdirSync(path.join(directory, "lib/deep"), { recursive: true });
        fs.writeFileSync(path.join(directory, "lib/deep/a.js"), "a");
        fs.writeFileSync(path.join(directory, "b.js"), "b");
    });
    after(() => fs.rmSync(directory, { recursive: true }));

    it("takes texts, files, directories and archives in archives", () => {
        const inner = path.join(directory, "inner.zip");
        fs.writeFileSync(inner, zip(new Map([["z.txt", Buffer.from("z")]])));
        const bytes = zip(
            archiveFiles(
                archive({
                    assets: {
                        "__index.js": asset({ text: "exports" }),
                        "x/b.js": asset({ path: path.join(directory, "b.js") }),
                        "node_modules/lib": archive({ path: path.join(directory, "lib") }),
                        packed: archive({ path: inner }),
                        nested: archive({ assets: { "n.txt": asset({ text: "n" }) } }),
                    },
                }),
            ),
        );
        assert.deepEqual(texts(bytes), {
            "__index.js": "exports",
            "node_modules/lib/deep/a.js": "a",
            "nested/n.txt": "n",
            "packed/z.txt": "z",
            "x/b.js": "b",
        });
    });

    it("is the same, byte for byte, in any order", () => {
        const entries: [string, Uint8Array][] = [
            ["a", Buffer.from("1")],
            ["b", Buffer.from("2")],
        ];
        assert.deepEqual(zip(new Map(entries)), zip(new Map([...entries].reverse())));
    });

    it("refuses what it cannot read", () => {
        assert.throws(() => archiveFiles(archive({ uri: "https://example.test/a.zip" })), /remote assets/);
        assert.throws(
            () => archiveFiles(archive({ path: path.join(directory, "b.js") })),
            /only directories/,
        );
    });
});
