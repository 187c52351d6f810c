import { ByteMap } from "../bytes/byte-map";
import { QuotedFields, splitQuoted } from "../bytes/quoted";
import { digits } from "../bytes/span";
import { MAX_TIME, parseTime } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { writeTime } from "../documents/timeWriter";
import { Piece, WordWriter } from "../documents/word-writer";
import { Members, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { Host } from "../enrichment/host-table";
import { Field } from "./alb-fields";
import { AlbOwn } from "./alb-own";
import { ElbTls, elbTls, NO_TLS } from "./elb-tls";
import { AddressAndPort } from "./endpoint";
import { METHOD, RequestLine, URL, VERSION } from "./request-line";
import { Malformed, Verdict } from "./source";
import { beginUrl, endUrl } from "./url";

/** The first application load balancers logged no more than these. */
const FEWEST = Field.traceId + 1;
const FEWEST_CLASSIC = Field.protocol + 1;

const KEY = keys("end", "source", "http", "request", "response", "url", "destination", "tls", "cloud");

const PIECE = {
    start: new Piece('"start":"'),
    port: new Piece('"port":'),
    bytes: new Piece('"bytes":'),
    method: new Piece('"method":"'),
    body: new Piece('"body":{"bytes":'),
    status: new Piece('"status_code":'),
    version: new Piece('"version":"'),
    domain: new Piece('"domain":"'),
    serverName: new Piece('"client":{"server_name":"'),
    userAgent: new Piece('"user_agent":{"original":"'),
    trace: new Piece('"trace":{"id":"'),
};

const EVENT = {
    success: members({ kind: "event", category: ["web"], outcome: "success" }),
    failure: members({ kind: "event", category: ["web"], outcome: "failure" }),
    none: members({ kind: "event", category: ["web"] }),
    tcp: members({ kind: "event", category: ["network"] }),
};

/** Writes the documents of access logs of application and classic load balancers. A hot place: no objects, no strings. */
export class AlbAccess {
    private readonly fields = new QuotedFields(Field.count);
    private readonly words = new WordWriter(this.fields);
    private readonly endpoint = new AddressAndPort();
    private readonly request = new RequestLine();
    private readonly own = new AlbOwn(this.fields, this.words);
    private readonly tlsByText = new ByteMap((text) => {
        const [cipher, protocol] = text.split(" ");
        return elbTls(cipher, protocol === "-" ? undefined : protocol);
    });
    private readonly names = new ByteMap((text) => text);
    /** False for a classic load balancer's listener that forwards connections. */
    private isHttp = true;
    /** Of the load balancer's answer, -1 for none. */
    private status = -1;

    /** @param cloud members of `cloud` */
    constructor(private readonly cloud: Members) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { fields } = this;
        const classic = bytes[start] >= 48 && bytes[start] <= 57;
        const closed = splitQuoted(fields, bytes, start, end, classic ? Field.time : Field.type);
        if (!closed || fields.count < (classic ? FEWEST_CLASSIC : FEWEST)) {
            return new Malformed(closed ? `only ${fields.count} fields` : "ends within quotes");
        }
        const time = parseTime(bytes, fields.starts[Field.time], fields.ends[Field.time]);
        if (!(time >= 0 && time <= MAX_TIME)) {
            return new Malformed("no time");
        }
        const hasStatus = fields.starts[Field.status] >= 0;
        this.status = hasStatus ? digits(bytes, fields.starts[Field.status], fields.ends[Field.status]) : -1;
        if (hasStatus && this.status < 0) {
            return new Malformed("no status code");
        }
        this.isHttp = hasStatus || !classic;
        this.event(document, time, start, end);
        document.put(ECS_MEMBERS);
        const slot = this.source(document);
        if (slot === NO_ADDRESS) {
            return new Malformed("no client address");
        }
        const host = this.isHttp ? this.http(document) : undefined;
        if (document.wantsPairs) {
            document.pair(host?.name ?? fields.text(Field.name) ?? "load balancer", slot);
        }
        const tls = this.tls();
        this.destination(document, tls, host);
        this.words.nested(document, PIECE.userAgent, Field.userAgent);
        this.words.nested(document, PIECE.trace, Field.traceId);
        document.open(KEY.cloud);
        document.put(this.cloud);
        document.close();
        this.own.write(document, this.isHttp, tls);
        return undefined;
    }

    private event(document: Document, time: number, start: number, end: number): void {
        const { bytes, starts, ends } = this.fields;
        document.event(time);
        document.put(this.outcome());
        if (parseTime(bytes, starts[Field.created], ends[Field.created]) >= 0) {
            this.words.string(document, PIECE.start, Field.created);
        }
        writeTime(document, KEY.end, time);
        document.original(bytes, start, end);
        document.close();
    }

    private outcome(): Members {
        if (!this.isHttp) {
            return EVENT.tcp;
        }
        return this.status < 0 ? EVENT.none : this.status < 400 ? EVENT.success : EVENT.failure;
    }

    private source(document: Document): number {
        const { endpoint, fields, words } = this;
        if (!endpoint.read(fields, Field.client)) {
            return NO_ADDRESS;
        }
        document.open(KEY.source);
        const slot = document.endpoint("source.ip", fields.bytes, endpoint.start, endpoint.end);
        if (endpoint.port >= 0) {
            words.number(document, PIECE.port, endpoint.port, fields.ends[Field.client]);
        }
        if (!this.isHttp) {
            words.integer(document, PIECE.bytes, Field.received);
        }
        document.close();
        return slot;
    }

    /** Writes `http` and `url`. @returns the URL's host */
    private http(document: Document): Host | undefined {
        const { fields, request, words } = this;
        request.read(fields, Field.request);
        document.open(KEY.http);
        document.open(KEY.request);
        this.part(document, PIECE.method, METHOD);
        words.nestedInteger(document, PIECE.body, Field.received);
        document.close();
        document.open(KEY.response);
        words.integer(document, PIECE.status, Field.status);
        words.nestedInteger(document, PIECE.body, Field.sent);
        document.close();
        this.part(document, PIECE.version, VERSION);
        document.close();
        if (request.starts[URL] < 0) {
            return undefined;
        }
        document.open(KEY.url);
        const start = beginUrl(document, "original");
        words.inside(document, Field.request, request.starts[URL], request.ends[URL]);
        const host = endUrl(document, "original", start);
        document.close();
        return host;
    }

    private part(document: Document, piece: Piece, part: number): void {
        const { starts, ends } = this.request;
        if (starts[part] >= 0) {
            this.words.part(document, piece, Field.request, starts[part], ends[part]);
        }
    }

    /** Writes `destination` and `tls`: the name in the TLS handshake is the host that the client wants. */
    private destination(document: Document, tls: ElbTls, host: Host | undefined): void {
        const { fields, words } = this;
        const { bytes, starts, ends } = fields;
        document.open(KEY.destination);
        if (!this.isHttp) {
            words.integer(document, PIECE.bytes, Field.sent);
        }
        words.string(document, PIECE.domain, Field.domainName);
        document.close();
        if (starts[Field.domainName] >= 0) {
            const name = this.names.get(bytes, starts[Field.domainName], ends[Field.domainName]);
            // It mostly is the URL's host, which is looked up.
            if (name !== host?.name) {
                document.host("destination.domain", name);
            }
        }
        document.open(KEY.tls);
        document.put(tls.ecs);
        words.nested(document, PIECE.serverName, Field.domainName);
        document.close();
    }

    private tls(): ElbTls {
        const { bytes, starts, ends } = this.fields;
        return starts[Field.cipher] < 0
            ? NO_TLS
            : this.tlsByText.get(bytes, starts[Field.cipher], ends[Field.protocol]);
    }
}
