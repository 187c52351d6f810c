import { Readable } from "node:stream";
import type { SQSEvent } from "aws-lambda";

/** Objects in memory behind the few S3 commands that the handlers send. Shared by the tests of this folder. */
export class FakeS3 {
    readonly objects = new Map<string, Buffer>();
    readonly puts: { Key: string; ServerSideEncryption?: string; SSEKMSKeyId?: string }[] = [];
    gets = 0;

    // The signature of the real client depends on the command; a fake answers all of them.
    send = (async (command: {
        constructor: { name: string };
        input: Record<string, unknown>;
    }): Promise<unknown> => {
        const { Key, Body, IfNoneMatch } = command.input as {
            Key: string;
            Body: unknown;
            IfNoneMatch?: string;
        };
        if (command.constructor.name === "PutObjectCommand") {
            this.puts.push(command.input as (typeof this.puts)[number]);
            this.objects.set(Key, Buffer.from(Body as Buffer));
            return {};
        }
        this.gets++;
        const object = this.objects.get(Key);
        if (!object) {
            throw Object.assign(new Error("The specified key does not exist."), { name: "NoSuchKey" });
        }
        const ETag = `"${object.length}-${object.subarray(0, 200).toString("hex")}"`;
        if (IfNoneMatch === ETag) {
            throw Object.assign(new Error("304"), { name: "304", $metadata: { httpStatusCode: 304 } });
        }
        const stream = Readable.from([object]);
        const body = Object.assign(stream, {
            transformToString: async () => object.toString("utf8"),
            transformToByteArray: async () => object,
        });
        return { Body: body, ETag, LastModified: new Date("2026-11-20T10:00:00Z") };
    }) as never;
}

/** A client that keeps the input of every command and answers with what `answer` gives. */
export class FakeClient {
    readonly inputs: Record<string, unknown>[] = [];

    constructor(
        private readonly answer: (input: Record<string, unknown>, name: string) => unknown = () => ({}),
    ) {}

    send = (async (command: {
        constructor: { name: string };
        input: Record<string, unknown>;
    }): Promise<unknown> => {
        this.inputs.push(command.input);
        return this.answer(command.input, command.constructor.name);
    }) as never;
}

export function sqsEvent(...bodies: unknown[]): SQSEvent {
    const records = bodies.map((body, index) => ({
        messageId: `m${index}`,
        receiptHandle: `r${index}`,
        body: typeof body === "string" ? body : JSON.stringify(body),
        attributes: { ApproximateReceiveCount: "3" },
    }));
    return { Records: records } as unknown as SQSEvent;
}

export function s3Message(key: string, bucket = "logs"): object {
    const object = { key: encodeURIComponent(key).replace(/%2F/g, "/").replace(/%20/g, "+"), eTag: "e1" };
    const record = {
        eventName: "ObjectCreated:Put",
        awsRegion: "us-east-1",
        s3: { bucket: { name: bucket }, object },
    };
    return { Records: [record] };
}

/** Keeps the log lines that a test makes out of its output. */
export function quiet(): void {
    const { log, warn } = console;
    before(() => {
        console.log = () => undefined;
        console.warn = () => undefined;
    });
    after(() => {
        console.log = log;
        console.warn = warn;
    });
}
