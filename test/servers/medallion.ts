import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { anyPort } from "../../local/engines/ports";
import { ensurePythonPackages } from "../../local/tools/pythonPackages";
import { startServerProcess, writeSettings } from "./server-process";

const VERSION = "3.0.0";
const MEDIA_TYPE = "application/taxii+json;version=2.1";
const COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";
const TITLE = "iocs";

export interface Medallion {
    /** Of the discovery document. */
    readonly discovery: string;
    /** `user:password` of somebody who may read. */
    readonly secret: string;
    /** Title of the one collection. */
    readonly collection: string;
    /** Adds objects to it; all of one call have the same date. */
    add(objects: readonly object[]): Promise<void>;
    stop(): Promise<void>;
}

/**
 * Starts OASIS' TAXII 2.1 server on a free port, with its data in memory.
 * @param pageSize objects a page at most
 */
export async function startMedallion(pageSize: number): Promise<Medallion> {
    const python = await ensurePythonPackages(
        `medallion ${VERSION}`,
        [`medallion==${VERSION}`],
        () => undefined,
    );
    const folder = mkdtempSync(join(tmpdir(), "medallion-"));
    const port = await anyPort();
    const base = `http://127.0.0.1:${port}`;
    const password = randomBytes(12).toString("hex");
    const data = writeSettings(folder, "data.json", contents(`${base}/trustgroup1/`));
    const config = writeSettings(folder, "config.json", {
        backend: {
            module: "medallion.backends.memory_backend",
            module_class: "MemoryBackend",
            filename: data,
        },
        users: { reader: password },
        taxii: { max_page_size: pageSize },
    });
    const stop = await startServerProcess({
        name: "medallion",
        command: join(dirname(python), "medallion"),
        args: ["--host", "127.0.0.1", "--port", String(port), config],
        folder,
        url: `${base}/taxii2/`,
    });
    const secret = `reader:${password}`;
    const authorization = `Basic ${Buffer.from(secret).toString("base64")}`;
    const add = async (objects: readonly object[]): Promise<void> => {
        const response = await fetch(`${base}/trustgroup1/collections/${COLLECTION}/objects/`, {
            method: "POST",
            headers: { authorization, accept: MEDIA_TYPE, "content-type": MEDIA_TYPE },
            body: JSON.stringify({ objects }),
        });
        const text = await response.text();
        if (response.status !== 202 || (JSON.parse(text) as { failure_count: number }).failure_count > 0) {
            throw new Error(`medallion does not take the objects: ${text.slice(0, 500)}`);
        }
    };
    return { discovery: `${base}/taxii2/`, secret, collection: TITLE, add, stop };
}

function contents(root: string): object {
    return {
        "/discovery": { title: "test", default: root, api_roots: [root] },
        trustgroup1: {
            information: { title: "test", versions: [MEDIA_TYPE], max_content_length: 10_000_000 },
            status: [],
            collections: [
                {
                    id: COLLECTION,
                    title: TITLE,
                    can_read: true,
                    can_write: true,
                    media_types: ["application/stix+json;version=2.1"],
                    objects: [],
                    manifest: [],
                },
            ],
        },
    };
}
