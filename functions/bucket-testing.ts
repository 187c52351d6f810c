import { createHash } from "node:crypto";
import { Readable } from "node:stream";

interface Input {
    readonly Key: string;
    readonly Body?: Uint8Array | string;
    readonly Metadata?: Readonly<Record<string, string>>;
    readonly IfMatch?: string;
    readonly IfNoneMatch?: string;
    readonly Prefix?: string;
    readonly Delete?: { readonly Objects: readonly { readonly Key: string }[] };
    readonly UploadId?: string;
    readonly PartNumber?: number;
    readonly ServerSideEncryption?: string;
    readonly SSEKMSKeyId?: string;
}

interface Upload {
    readonly parts: Buffer[];
    readonly metadata: Input["Metadata"];
}

const READS = ["GetObjectCommand", "HeadObjectCommand", "ListObjectsV2Command"];

/** A bucket in memory, with conditional requests, lists, deletions and uploads in parts as S3 does them. For tests. */
export class MemoryBucket {
    readonly objects = new Map<string, Buffer>();
    /** Uploads in parts that are under way. */
    readonly uploads = new Map<string, Upload>();
    /** Inputs of the objects put so far. */
    readonly puts: Input[] = [];
    calls = 0;
    gets = 0;
    writes = 0;
    /** Looks at each call before it is done, and may throw in its place. */
    before: (call: number, name: string, key: string) => void = () => undefined;
    /** Looks at each call after it is done, and may throw although it is. */
    after: (call: number, name: string, key: string) => void = () => undefined;
    /** Called before each write: throws where a run shall end. */
    fault: () => void = () => undefined;
    private readonly metadata = new Map<string, Input["Metadata"]>();

    // The signature of the real client depends on the command; this one answers all of them.
    send = (async (command: { constructor: { name: string }; input: unknown }): Promise<unknown> => {
        const { name } = command.constructor;
        const input = command.input as Input;
        const call = ++this.calls;
        this.before(call, name, input.Key ?? "");
        const answer = this.answer(name, input);
        this.after(call, name, input.Key ?? "");
        return answer;
    }) as never;

    put(key: string, value: unknown): void {
        this.objects.set(key, Buffer.from(JSON.stringify(value)));
    }

    json<T>(key: string): T {
        return JSON.parse(String(this.objects.get(key))) as T;
    }

    text(key: string): string | undefined {
        return this.objects.get(key)?.toString();
    }

    private answer(name: string, input: Input): unknown {
        if (READS.includes(name)) {
            return this.read(name, input);
        }
        this.fault();
        this.writes++;
        return this.write(name, input);
    }

    private read(name: string, { Key, IfNoneMatch, Prefix = "" }: Input): unknown {
        if (name === "ListObjectsV2Command") {
            const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix));
            return { Contents: keys.map((key) => ({ Key: key })) };
        }
        const object = this.objects.get(Key);
        if (name === "HeadObjectCommand") {
            if (!object) {
                throw failure("NotFound", 404);
            }
            return { Metadata: this.metadata.get(Key) };
        }
        this.gets++;
        if (!object) {
            throw failure("NoSuchKey", 404);
        }
        const ETag = etag(object);
        if (IfNoneMatch === ETag) {
            throw failure("304", 304);
        }
        const Body = Object.assign(Readable.from([object]), {
            transformToString: async () => object.toString("utf8"),
            transformToByteArray: async () => object,
        });
        return { Body, ETag, LastModified: new Date("2026-11-20T10:00:00Z") };
    }

    private write(name: string, input: Input): unknown {
        const { Key, UploadId = "", Metadata } = input;
        const upload = this.uploads.get(UploadId);
        switch (name) {
            case "PutObjectCommand":
                return this.putObject(input);
            case "DeleteObjectCommand":
                this.objects.delete(Key);
                return {};
            case "DeleteObjectsCommand":
                input.Delete?.Objects.forEach((one) => this.objects.delete(one.Key));
                return {};
            case "CreateMultipartUploadCommand": {
                const id = `upload ${this.writes}`;
                this.uploads.set(id, { parts: [], metadata: Metadata });
                return { UploadId: id };
            }
            case "UploadPartCommand":
                upload?.parts.push(bytesOf(input));
                return { ETag: `e${input.PartNumber}` };
            case "CompleteMultipartUploadCommand":
                this.store(Key, Buffer.concat(upload?.parts ?? []), upload?.metadata);
                this.uploads.delete(UploadId);
                return {};
            case "AbortMultipartUploadCommand":
                this.uploads.delete(UploadId);
                return {};
            default:
                throw new Error(`the bucket knows no ${name}`);
        }
    }

    private putObject(input: Input): unknown {
        const { Key, IfMatch, IfNoneMatch, Metadata } = input;
        const present = this.objects.get(Key);
        const tag = present && etag(present);
        if ((IfNoneMatch === "*" && present) || (IfMatch !== undefined && IfMatch !== tag)) {
            throw failure("PreconditionFailed", 412);
        }
        this.puts.push(input);
        const object = bytesOf(input);
        this.store(Key, object, Metadata);
        return { ETag: etag(object) };
    }

    private store(key: string, object: Buffer, metadata: Input["Metadata"]): void {
        this.objects.set(key, object);
        this.metadata.set(key, metadata);
    }
}

function bytesOf({ Body }: Input): Buffer {
    return Buffer.from(Body as Uint8Array);
}

function etag(object: Buffer): string {
    return `"${createHash("md5").update(object).digest("hex")}"`;
}

/** An error of a service. */
export function failure(name: string, httpStatusCode?: number): Error {
    return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
