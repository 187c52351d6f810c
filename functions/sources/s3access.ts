import { ByteMap } from "../bytes/byte-map";
import { parseClfTime } from "../bytes/clf-time";
import { LineReader } from "../bytes/lines";
import { digits, equals, Spans } from "../bytes/span";
import { MAX_TIME } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { writeInteger } from "../documents/numbers";
import { Key, Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { Host } from "../enrichment/host-table";
import { cloudMembers } from "./cloud";
import { logOwner } from "./log-owner";
import { Origins } from "./origins";
import { Field, writeOwn } from "./s3access-fields";
import { splitS3Line } from "./s3access-line";
import { bucketOwnerOf, regionOf } from "./s3access-owner";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";
import { tlsVersion } from "./tls-version";
import { beginUrl, endUrl } from "./url";

const KEY = {
    ...keys("action", "code", "duration", "client", "source", "user", "id", "http", "request", "method"),
    ...keys(
        "referrer",
        "response",
        "status_code",
        "body",
        "bytes",
        "version",
        "url",
        "user_agent",
        "original",
    ),
    ...keys("tls", "cipher", "cloud"),
};

const EVENT = {
    success: members({ kind: "event", category: ["web"], type: ["access"], outcome: "success" }),
    failure: members({ kind: "event", category: ["web"], type: ["access"], outcome: "failure" }),
};

const BLANK = 32;

class S3AccessWriter {
    private readonly fields = new Spans(Field.count);
    private readonly origins = new Origins();
    private readonly tls = new ByteMap((text) => members({ ...tlsVersion(text) }), 6);
    /** Members of `cloud` by host header. */
    private readonly clouds: ByteMap<Members>;
    private readonly cloud: Members;

    constructor(context: DeliveryContext) {
        const partition = bucketOwnerOf(context);
        const { accountId, region } = partition ?? logOwner(context);
        this.cloud = cloudMembers(accountId, region);
        this.clouds = new ByteMap((host) =>
            partition ? this.cloud : cloudMembers(accountId, regionOf(host) ?? region),
        );
    }

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { fields } = this;
        const wrong = splitS3Line(fields, bytes, start, end);
        if (wrong !== undefined) {
            return new Malformed(wrong);
        }
        const time = parseClfTime(bytes, fields.starts[Field.time], fields.ends[Field.time]);
        if (!(time >= 0 && time <= MAX_TIME)) {
            return new Malformed("no time");
        }
        if (fields.starts[Field.operation] < 0) {
            return new Malformed("no operation");
        }
        document.event(time, this.ownId());
        this.event(document);
        document.original(bytes, start, end);
        document.close();
        document.put(ECS_MEMBERS);
        this.client(document);
        this.http(document);
        this.rest(document);
        writeOwn(document, fields);
        return undefined;
    }

    /** The request's id, where the request has no other line: batches and copies have several with one id. */
    private ownId(): string | undefined {
        const { bytes, starts } = this.fields;
        const at = starts[Field.operation];
        const isAlone =
            (equals(bytes, at, at + 5, "REST.") && !equals(bytes, at, at + 10, "REST.COPY.")) ||
            equals(bytes, at, at + 8, "WEBSITE.");
        return isAlone ? this.fields.text(Field.requestId) : undefined;
    }

    private event(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        const status = digits(bytes, starts[Field.status], ends[Field.status]);
        document.put(starts[Field.errorCode] >= 0 || status >= 400 ? EVENT.failure : EVENT.success);
        document.piece(KEY.action, fields, Field.operation);
        document.piece(KEY.code, fields, Field.errorCode);
        const millis = digits(bytes, starts[Field.totalTime], ends[Field.totalTime]);
        if (millis >= 0) {
            document.number(KEY.duration, millis * 1_000_000);
        }
    }

    /** Writes who it was. What S3 and other services do themselves comes from no address. */
    private client(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        document.relatedUser(fields.text(Field.bucketOwner));
        document.relatedUser(fields.text(Field.requester));
        document.open(KEY.source);
        let slot = NO_ADDRESS;
        if (starts[Field.remoteIp] >= 0) {
            slot = document.endpoint("source.ip", bytes, starts[Field.remoteIp], ends[Field.remoteIp]);
        }
        document.close();
        if (slot !== NO_ADDRESS && document.wantsPairs) {
            document.pair(fields.text(Field.requester) ?? fields.text(Field.bucket) ?? "s3", slot);
        }
        document.open(KEY.client);
        if (slot !== NO_ADDRESS) {
            document.endpoint("client.ip", bytes, starts[Field.remoteIp], ends[Field.remoteIp]);
        }
        this.user(document);
        document.close();
        this.user(document);
    }

    private user(document: Document): void {
        document.open(KEY.user);
        document.piece(KEY.id, this.fields, Field.requester);
        document.close();
    }

    private http(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        const start = starts[Field.requestUri];
        const end = ends[Field.requestUri];
        const methodEnd = start < 0 ? -1 : bytes.indexOf(BLANK, start);
        const versionAt = start < 0 ? -1 : bytes.lastIndexOf(BLANK, end - 1) + 1;
        const isRequest =
            methodEnd >= 0 && methodEnd + 1 < versionAt && equals(bytes, versionAt, versionAt + 5, "HTTP/");
        document.open(KEY.http);
        document.open(KEY.request);
        if (isRequest) {
            document.string(KEY.method, bytes, start, methodEnd);
        }
        document.piece(KEY.referrer, fields, Field.referrer);
        document.close();
        document.open(KEY.response);
        this.integer(document, KEY.status_code, Field.status);
        document.open(KEY.body);
        this.integer(document, KEY.bytes, Field.bytesSent);
        document.close();
        document.close();
        if (isRequest) {
            document.string(KEY.version, bytes, versionAt + 5, end);
        }
        document.close();
        this.url(document, methodEnd + 1, isRequest ? versionAt - 1 : -1);
        if (starts[Field.referrer] >= 0) {
            document.url("http.request.referrer", bytes, starts[Field.referrer], ends[Field.referrer]);
        }
    }

    /** @param end -1 for no URL */
    private url(document: Document, start: number, end: number): void {
        const header = this.fields.text(Field.hostHeader);
        let host: Host | undefined;
        document.open(KEY.url);
        if (end > start) {
            const from = beginUrl(document, "original");
            document.escaped(this.fields.bytes, start, end);
            host = endUrl(document, "original", from);
        }
        const { name, members: domain } = this.origins.find(header ?? "");
        if (host === undefined && name !== "") {
            document.put(domain);
        }
        document.close();
        if (name !== "") {
            document.host("url.domain", name);
        }
    }

    private rest(document: Document): void {
        const { fields } = this;
        const { bytes, starts, ends } = fields;
        document.open(KEY.user_agent);
        document.piece(KEY.original, fields, Field.userAgent);
        document.close();
        document.open(KEY.tls);
        document.piece(KEY.cipher, fields, Field.cipherSuite);
        if (starts[Field.tlsVersion] >= 0) {
            document.put(this.tls.get(bytes, starts[Field.tlsVersion], ends[Field.tlsVersion]));
        }
        document.close();
        const host = starts[Field.hostHeader];
        document.open(KEY.cloud);
        document.put(host < 0 ? this.cloud : this.clouds.get(bytes, host, ends[Field.hostHeader]));
        document.close();
    }

    private integer(document: Document, name: Key, i: Field): void {
        const { bytes, starts, ends } = this.fields;
        writeInteger(document, name, bytes, starts[i], ends[i]);
    }
}

/**
 * Server access logs of S3: lines of 17 to 27 fields, more as S3 adds them. Logs of several buckets may lie in one, so a
 * line's host header tells the region where the key does not.
 */
export function s3access(): LogSource {
    return {
        dataset: "aws.s3access",
        reader: (context) => {
            const writer = new S3AccessWriter(context);
            const write = writer.write.bind(writer);
            return new LineReader((sink, bytes, start, end) => sink.record(bytes, start, end, write));
        },
    };
}
