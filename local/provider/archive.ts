import * as fs from "node:fs";
import * as path from "node:path";
import { unzipSync, zipSync, type Zippable } from "fflate";
import { SIGNATURE, type Props } from "./properties";

const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";

/** Names and contents; names use forward slashes. */
export type Files = Map<string, Uint8Array>;

function walk(directory: string, prefix: string, files: Files): void {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
        const full = path.join(directory, entry.name);
        const name = prefix ? `${prefix}/${entry.name}` : entry.name;
        const stat = fs.statSync(full);
        if (stat.isDirectory()) {
            walk(full, name, files);
        } else {
            files.set(name, fs.readFileSync(full));
        }
    }
}

function addArchiveFile(location: string, prefix: string, files: Files): void {
    if (fs.statSync(location).isDirectory()) {
        walk(location, prefix, files);
        return;
    }
    if (!/\.(zip|jar)$/.test(location)) {
        throw new Error(`${location}: only directories and .zip archives are supported by the local cloud`);
    }
    for (const [name, bytes] of Object.entries(unzipSync(fs.readFileSync(location)))) {
        if (!name.endsWith("/")) {
            files.set(prefix ? `${prefix}/${name}` : name, bytes);
        }
    }
}

/** What is in a Pulumi asset, a file or a text. */
export function assetBytes(asset: Props): Uint8Array {
    if (asset[SIGNATURE] !== ASSET || asset.uri) {
        throw new Error("only assets of files and texts are supported by the local cloud");
    }
    return asset.path
        ? fs.readFileSync(String(asset.path))
        : new Uint8Array(Buffer.from(String(asset.text ?? ""), "utf8"));
}

function collect(value: Props, prefix: string, files: Files): void {
    if (value.uri) {
        throw new Error(`${String(value.uri)}: remote assets are not supported by the local cloud`);
    }
    if (value[SIGNATURE] === ASSET) {
        files.set(prefix, assetBytes(value));
        return;
    }
    if (value[SIGNATURE] !== ARCHIVE) {
        throw new Error("code must be an archive");
    }
    if (value.path) {
        addArchiveFile(String(value.path), prefix, files);
        return;
    }
    for (const [name, entry] of Object.entries((value.assets ?? {}) as Record<string, Props>)) {
        const clean = path.posix.normalize(name.replace(/\\/g, "/")).replace(/^(\.?\/)+/, "");
        collect(entry, prefix ? path.posix.join(prefix, clean) : clean, files);
    }
}

/** All files of a Pulumi archive. */
export function archiveFiles(archive: Props): Files {
    const files: Files = new Map();
    collect(archive, "", files);
    return files;
}

/** A zip that is the same, byte for byte, for the same files. */
export function zip(files: Files): Uint8Array {
    const sorted: Zippable = {};
    for (const name of [...files.keys()].sort()) {
        sorted[name] = [files.get(name) as Uint8Array, { os: 3, attrs: 0o100755 << 16 }];
    }
    return zipSync(sorted, { level: 6, mtime: new Date(1980, 0, 1) });
}
