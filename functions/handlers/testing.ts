import type { SQSEvent } from "aws-lambda";

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
