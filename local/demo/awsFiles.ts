import * as fs from "node:fs";
import * as path from "node:path";
import { gunzipSync } from "node:zlib";
import { SourceKind } from "../../functions/sources/registry";

/** Kinds of logs, as the sources are registered. */
export type LogKind = SourceKind;

/** A log file in AWS's layout. */
export interface AwsFile {
    readonly path: string;
    /** From `AWSLogs/` on: the object's key. */
    readonly key: string;
    readonly accountId: string;
    readonly region: string;
    readonly kind: LogKind;
}

export interface AwsFiles {
    readonly files: readonly AwsFile[];
    /** Files that no source here reads, each with the reason. */
    readonly unknown: readonly string[];
}

const SERVICES: Readonly<Record<string, LogKind>> = { waflogs: "waf", vpcflowlogs: "vpcflow" };

/** Finds the log files below a folder. Nothing here is fatal. */
export function findAwsFiles(root: string): AwsFiles {
    const files: AwsFile[] = [];
    const unknown: string[] = [];
    for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) {
            continue;
        }
        const file = path.join(entry.parentPath, entry.name);
        const match = /(?:^|\/)(AWSLogs\/(?:o-[a-z0-9]+\/)?(\d{12})\/([^/]+)\/([^/]+)\/.+)$/.exec(
            file.split(path.sep).join("/"),
        );
        const kind = match && SERVICES[match[3].toLowerCase()];
        if (!match) {
            unknown.push(`${file}: not below AWSLogs/<account>/<service>/<region>/`);
        } else if (!kind) {
            unknown.push(`${file}: no source here reads ${match[3]}`);
        } else {
            files.push({ path: file, key: match[1], accountId: match[2], region: match[4], kind });
        }
    }
    files.sort((a, b) => (a.key < b.key ? -1 : 1));
    return { files, unknown: unknown.sort() };
}

/** Lines of a file, gzip or plain; a file that is cut gives what can be read of it. */
export function readLines(file: AwsFile): string[] {
    const bytes = fs.readFileSync(file.path);
    const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
    return plain
        .toString("utf8")
        .split(/\r?\n/)
        .filter((line) => line !== "");
}

/** A flow log file's header line, which CloudWatch does not carry. */
export function flowHeader(lines: readonly string[]): string | undefined {
    return /\baccount-id\b|^version\b/.test(lines[0] ?? "") ? lines[0] : undefined;
}
