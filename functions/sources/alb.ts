import { LineReader } from "../bytes/lines";
import { Document } from "../documents/document";
import { AlbAccess } from "./alb-access";
import { AlbConnection } from "./alb-connection";
import { cloudMembers } from "./cloud";
import { logOwner } from "./log-owner";
import { NlbTls } from "./nlb-tls";
import { DeliveryContext, LogSource, RecordReader } from "./source";

const BLANK = 32;
const DOT = 46;
const ZERO = 48;
const COLON = 58;

function isDigit(byte: number): boolean {
    return byte >= ZERO && byte < COLON;
}

/** `tls 2.0 …`: a version behind the type. */
function isNlbTls(bytes: Buffer, start: number): boolean {
    return (
        bytes[start] === 116 &&
        bytes[start + 3] === BLANK &&
        isDigit(bytes[start + 4]) &&
        bytes[start + 5] === DOT
    );
}

/** A time and an address; a classic load balancer's name, which holds no dots and colons, would be an access log's. */
function isConnection(bytes: Buffer, start: number, end: number): boolean {
    if (!isDigit(bytes[start])) {
        return false;
    }
    const second = bytes.indexOf(BLANK, start) + 1;
    for (let at = second; second > 0 && at < end && bytes[at] !== BLANK; at++) {
        if (bytes[at] === DOT || bytes[at] === COLON) {
            return true;
        }
    }
    return false;
}

function reader(context: DeliveryContext): RecordReader {
    const { accountId, region } = logOwner(context);
    const cloud = cloudMembers(accountId, region);
    const access = new AlbAccess(cloud);
    const tls = new NlbTls(cloud);
    const connection = new AlbConnection(cloud);
    const write = (document: Document, bytes: Buffer, start: number, end: number) =>
        isNlbTls(bytes, start)
            ? tls.write(document, bytes, start, end)
            : isConnection(bytes, start, end)
              ? connection.write(document, bytes, start, end)
              : access.write(document, bytes, start, end);
    return new LineReader((sink, bytes, start, end) => sink.record(bytes, start, end, write));
}

/**
 * Logs of load balancers as text: access logs of application load balancers (of any number of fields: new ones come at
 * the end) and of classic ones, TLS logs of network load balancers, and connection logs of application load balancers.
 * Lines tell themselves which they are.
 */
export function alb(): LogSource {
    return { dataset: "aws.elb_logs", reader };
}
