import { eachObject } from "../bytes/json-objects";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { JsonRecord } from "../documents/json-record";
import { EveRecord } from "./suricata-record";

const KEY = keys("file", "path", "name", "size", "hash", "md5", "sha1", "sha256");

const HASHES = { md5: "fileMd5", sha1: "fileSha1", sha256: "fileSha256" } as const;

/** Writes `file`, and adds the hashes of all files that were seen to `related.hash`. */
export class EveFile {
    private readonly file = new JsonRecord({ md5: "md5", sha1: "sha1", sha256: "sha256" });

    write(document: Document, record: EveRecord): void {
        document.open(KEY.file);
        record.copy(document, KEY.path, "fileName");
        // As Elastic's pipeline has it: the file that the rule is of.
        document.list(KEY.name, record.texts("ruleFile"));
        const size = record.count("fileSize");
        if (size >= 0) {
            document.number(KEY.size, size);
        }
        document.open(KEY.hash);
        for (const [name, place] of Object.entries(HASHES) as [
            keyof typeof HASHES,
            (typeof HASHES)["md5"],
        ][]) {
            const hash = record.text(place);
            document.text(KEY[name], hash);
            document.relatedHash(hash);
        }
        document.close();
        document.close();
        const { file } = this;
        eachObject(file.scanner, record.bytes, record.start("files"), record.end("files"), () => {
            (["md5", "sha1", "sha256"] as const).forEach((name) => document.relatedHash(file.text(name)));
        });
    }
}
