import { ByteMap } from "../bytes/byte-map";
import { LineReader } from "../bytes/lines";
import { digits, Spans } from "../bytes/span";
import { MAX_TIME, parseTime } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { Members, members } from "../documents/writer";
import { cloudMembers } from "./cloud";
import { CAPACITY, DEFAULT_LAYOUT, Layout, layoutOf, place } from "./cloudfront-columns";
import { writeConnection, writeHttp, writeOwn } from "./cloudfront-fields";
import { JsonLines, splitLine } from "./cloudfront-line";
import { decodedText } from "./cloudfront-text";
import { writeUrlOf } from "./cloudfront-url";
import { logOwner } from "./log-owner";
import { DeliveryContext, LogSource, Malformed, RecordReader, Verdict } from "./source";
import { tlsVersion } from "./tls-version";

const KEY = keys("duration", "user_agent", "original", "tls", "cipher", "cloud");

const AT = {
    date: place("date"),
    time: place("time"),
    seconds: place("timestamp"),
    millis: place("timestamp(ms)"),
    status: place("sc-status"),
    requestId: place("x-edge-request-id"),
    taken: place("time-taken"),
    agent: place("cs(User-Agent)"),
    protocol: place("ssl-protocol"),
    cipher: place("ssl-cipher"),
};

const EVENT = {
    success: members({ kind: "event", category: ["web"], type: ["access"], outcome: "success" }),
    failure: members({ kind: "event", category: ["web"], type: ["access"], outcome: "failure" }),
    none: members({ kind: "event", category: ["web"], type: ["access"] }),
};

const HASH = 35;
const OPEN = 123;

class CloudFrontReader {
    readonly reader: RecordReader;
    private layout: Layout = DEFAULT_LAYOUT;
    private readonly fields = new Spans(CAPACITY);
    private readonly json = new JsonLines();
    private readonly cloud: Members;
    private readonly tls = new ByteMap((text) => members({ ...tlsVersion(text) }), 6);
    private readonly agents = new ByteMap(decodedText);

    constructor(context: DeliveryContext) {
        this.cloud = cloudMembers(logOwner(context).accountId, "");
        const write = this.write.bind(this);
        this.reader = new LineReader((sink, bytes, start, end) => {
            if (bytes[start] === HASH) {
                this.header(bytes.toString("utf8", start, end));
            } else {
                sink.record(bytes, start, end, write);
            }
        });
    }

    private header(line: string): void {
        const names = /^#Fields:(.*)$/.exec(line)?.[1].trim();
        if (names) {
            this.layout = layoutOf(names.split(/\s+/));
        }
    }

    private write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        let layout: Layout;
        if (bytes[start] === OPEN) {
            const json = this.json.read(bytes, start, end);
            if (json === undefined) {
                return new Malformed("not JSON");
            }
            layout = json.layout;
            splitLine(this.fields, layout, json.line, 0, json.line.length);
        } else {
            layout = this.layout;
            const count = splitLine(this.fields, layout, bytes, start, end);
            if (count < layout.fewest) {
                return new Malformed(`only ${count} fields`);
            }
        }
        const time = this.time();
        if (!(time >= 0 && time <= MAX_TIME)) {
            return new Malformed("no time");
        }
        document.event(time, this.fields.text(AT.requestId));
        this.event(document);
        document.original(bytes, start, end);
        document.close();
        document.put(ECS_MEMBERS);
        writeConnection(document, this.fields);
        writeHttp(document, this.fields);
        writeUrlOf(document, this.fields);
        this.rest(document);
        writeOwn(document, this.fields, layout.others);
        return undefined;
    }

    /** @returns epoch milliseconds, NaN for none */
    private time(): number {
        const { bytes, starts, ends } = this.fields;
        if (starts[AT.date] >= 0 && starts[AT.time] >= 0) {
            const text = Buffer.from(`${this.fields.text(AT.date)}T${this.fields.text(AT.time)}`);
            return parseTime(text, 0, text.length);
        }
        const millis = digits(bytes, starts[AT.millis], ends[AT.millis]);
        const seconds = digits(bytes, starts[AT.seconds], ends[AT.seconds]);
        return millis > 0 ? millis : seconds > 0 ? seconds * 1000 : NaN;
    }

    private event(document: Document): void {
        const { bytes, starts, ends } = this.fields;
        const status = digits(bytes, starts[AT.status], ends[AT.status]);
        // 000 for a client that left before it was answered.
        const isSuccess = status > 0 && status < 400;
        document.put(status < 0 ? EVENT.none : isSuccess ? EVENT.success : EVENT.failure);
        const taken = this.fields.text(AT.taken);
        if (taken !== undefined && /^\d{1,6}(?:\.\d{1,9})?$/.test(taken)) {
            document.number(KEY.duration, Math.round(Number(taken) * 1e9));
        }
    }

    private rest(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        document.open(KEY.user_agent);
        if (starts[AT.agent] >= 0) {
            document.text(KEY.original, this.agents.get(bytes, starts[AT.agent], ends[AT.agent]));
        }
        document.close();
        document.open(KEY.tls);
        document.piece(KEY.cipher, fields, AT.cipher);
        if (starts[AT.protocol] >= 0) {
            document.put(this.tls.get(bytes, starts[AT.protocol], ends[AT.protocol]));
        }
        document.close();
        document.open(KEY.cloud);
        document.put(this.cloud);
        document.close();
    }
}

/**
 * Standard logs of CloudFront, the older ones and those of version 2: lines of values between tabs, in the order of the
 * file's `#Fields` line or by default, or lines of JSON.
 */
export function cloudfront(): LogSource {
    return { dataset: "aws.cloudfront_logs", reader: (context) => new CloudFrontReader(context).reader };
}
