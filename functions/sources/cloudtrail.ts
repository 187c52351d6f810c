import { JsonScanner } from "../bytes/json";
import { JsonArrayReader } from "../bytes/json-array-reader";
import { equals } from "../bytes/span";
import { parseTime } from "../bytes/time";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { copyString, verbatim } from "../documents/verbatim";
import { members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { DIGEST, DigestReader } from "./cloudtrail-digest";
import { callOf } from "./cloudtrail-events";
import { CLOUDTRAIL_PATHS, has } from "./cloudtrail-paths";
import { writeTls } from "./cloudtrail-tls";
import { entityOf, writeUsers } from "./cloudtrail-user";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";

const KEY = {
    ...keys("provider", "action", "error", "code", "message", "cloud", "account", "id", "region", "service"),
    ...keys("name", "source", "address", "user_agent", "original", "aws", "cloudtrail"),
};

const AWS = members({ provider: "aws" });
const AWS_DOMAIN = ".amazonaws.com";
const OPEN = 123;

class CloudTrailWriter {
    readonly scanner = new JsonScanner(CLOUDTRAIL_PATHS);
    readonly shape = {
        member: "Records",
        first: new Set(Object.values(CLOUDTRAIL_PATHS).map((path) => path.split(".")[0])),
        isRecord: () => this.isRecord(),
    };

    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { at, found } = this.scanner;
        const detail = found.starts[at.detail];
        if (found.starts[at.time] >= 0 || detail < 0 || bytes[detail] !== OPEN) {
            return this.record(document, bytes, start, end);
        }
        // EventBridge wraps the event.
        return this.record(document, bytes, detail, this.scanner.scan(bytes, detail, end));
    }

    /** A caller may send an object that looks like an event, and finds it in the event's parameters. */
    private isRecord(): boolean {
        const { scanner } = this;
        const { at } = scanner;
        const isNamed = has(scanner, at.version) && has(scanner, at.eventId) && has(scanner, at.eventType);
        return isNamed && has(scanner, at.region) && this.time() >= 0;
    }

    private time(): number {
        const { at, found } = this.scanner;
        return parseTime(found.bytes, found.starts[at.time] + 1, found.ends[at.time] - 1);
    }

    private record(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { scanner } = this;
        const { at, found } = scanner;
        if (found.starts[at.digest] >= 0) {
            return DIGEST;
        }
        const time = scanner.isString(at.time) ? this.time() : NaN;
        if (!(time >= 0)) {
            return new Malformed("no eventTime");
        }
        if (!has(scanner, at.action) && !has(scanner, at.eventType)) {
            return new Malformed("neither eventName nor eventType");
        }
        this.event(document, time);
        document.put(ECS_MEMBERS);
        this.cloud(document);
        this.source(document);
        writeUsers(document, scanner);
        document.open(KEY.user_agent);
        copyString(document, KEY.original, scanner, at.agent);
        document.close();
        writeTls(document, scanner);
        document.open(KEY.aws);
        verbatim(document, KEY.cloudtrail, scanner, bytes, start, end);
        document.close();
        return undefined;
    }

    private event(document: Document, time: number): void {
        const { scanner } = this;
        const { at, found } = scanner;
        if (scanner.isString(at.eventId)) {
            document.eventWithId(time, found.bytes, found.starts[at.eventId], found.ends[at.eventId]);
        } else {
            document.event(time);
        }
        const isError = has(scanner, at.errorCode) || has(scanner, at.errorMessage);
        const isFailure = has(scanner, at.consoleLogin) ? !found.is(at.consoleLogin, '"Success"') : isError;
        const call = callOf(scanner.text(at.action));
        document.put(isFailure ? call.failure : call.success);
        copyString(document, KEY.provider, scanner, at.provider);
        copyString(document, KEY.action, scanner, at.action);
        document.close();
        if (isError) {
            document.open(KEY.error);
            copyString(document, KEY.code, scanner, at.errorCode);
            copyString(document, KEY.message, scanner, at.errorMessage);
            document.close();
        }
    }

    private cloud(document: Document): void {
        const { scanner } = this;
        const { at, found } = scanner;
        document.open(KEY.cloud);
        document.put(AWS);
        document.open(KEY.account);
        const account = has(scanner, at.account) ? at.account : at.recipient;
        if (has(scanner, account)) {
            copyString(document, KEY.id, scanner, account);
        } else {
            document.text(KEY.id, this.context.accountId);
        }
        document.close();
        copyString(document, KEY.region, scanner, at.region);
        // "ec2.amazonaws.com"
        const start = found.starts[at.provider] + 1;
        const end = found.ends[at.provider] - 1;
        const dot = end - AWS_DOMAIN.length;
        if (scanner.isString(at.provider) && dot > start && equals(found.bytes, dot, end, AWS_DOMAIN)) {
            document.open(KEY.service);
            document.string(KEY.name, found.bytes, start, dot);
            document.close();
        }
        document.close();
    }

    private source(document: Document): void {
        const { scanner } = this;
        const { at, found } = scanner;
        if (has(scanner, at.address)) {
            const start = found.starts[at.address] + 1;
            document.open(KEY.source);
            const slot = document.endpoint("source.ip", found.bytes, start, found.ends[at.address] - 1);
            if (slot === NO_ADDRESS) {
                // A service that calls for somebody, or by itself.
                copyString(document, KEY.address, scanner, at.address);
            } else if (document.wantsPairs) {
                const entity = entityOf(scanner);
                if (entity !== undefined) {
                    document.pair(entity, slot);
                }
            }
            document.close();
        }
        if (found.is(at.type, '"AWSService"')) {
            document.open(KEY.service);
            copyString(document, KEY.name, scanner, at.invokedBy);
            document.close();
        }
    }
}

/**
 * CloudTrail's events, from its files (`{"Records":[…]}`), from EventBridge or from CloudWatch Logs; management, data,
 * network and Insight events. Each is kept verbatim under `aws.cloudtrail`.
 */
export function cloudtrail(): LogSource {
    return {
        dataset: "aws.cloudtrail",
        reader: (context) => {
            if (context.origin.includes("/CloudTrail-Digest/")) {
                return new DigestReader();
            }
            const writer = new CloudTrailWriter(context);
            return new JsonArrayReader(writer.scanner, writer.write.bind(writer), writer.shape);
        },
    };
}
