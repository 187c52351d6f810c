import { JsonScanner } from "../bytes/json";
import { JsonArrayReader } from "../bytes/json-array-reader";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { verbatim } from "../documents/verbatim";
import { fieldsJson, writeFields } from "../documents/write-fields";
import { writeEndpoint } from "./finding-endpoint";
import { lookUpAll } from "./finding-observables";
import { endpointsOf } from "./guardduty-endpoints";
import { eventOf, fieldsOf, hashesOf, threatOf, usersOf } from "./guardduty-fields";
import { columnOf, listAt, textAt, timeAt } from "./parsed-json";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";

const KEY = keys("aws", "guardduty");
const OPEN = 123;

const PATHS = { id: "id", type: "type", schema: "schemaVersion", arn: "arn", detail: "detail" };

/** Members that a finding may begin with: EventBridge, S3 and the API have them in different orders. */
const FIRST = [
    ...["schemaVersion", "accountId", "region", "partition", "id", "arn", "type", "resource", "service"],
    ...["severity", "createdAt", "updatedAt", "title", "description", "confidence"],
];

class GuardDutyWriter {
    readonly scanner = new JsonScanner(PATHS);
    readonly shape = {
        member: "findings",
        first: new Set(FIRST),
        isRecord: () => {
            const { at } = this.scanner;
            return [at.id, at.type, at.schema, at.arn].every((i) => this.scanner.isString(i));
        },
    };

    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { starts, ends } = this.scanner.found;
        const detail = this.scanner.at.detail;
        // EventBridge wraps the finding.
        return starts[detail] >= 0 && bytes[starts[detail]] === OPEN
            ? this.finding(document, bytes, starts[detail], ends[detail])
            : this.finding(document, bytes, start, end);
    }

    private finding(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const finding: unknown = JSON.parse(bytes.toString("utf8", start, end));
        const updated = timeAt(finding, "updatedAt");
        const time = Number.isNaN(updated) ? timeAt(finding, "createdAt") : updated;
        const id = textAt(finding, "id");
        if (id === undefined || textAt(finding, "type") === undefined) {
            return new Malformed("no id and type of a finding");
        }
        if (Number.isNaN(time)) {
            return new Malformed("neither updatedAt nor createdAt");
        }
        document.event(time, id);
        writeFields(document, eventOf(finding));
        document.close();
        document.put(ECS_MEMBERS);
        const { source, destination } = endpointsOf(finding);
        writeEndpoint(document, "source", source);
        writeEndpoint(document, "destination", destination);
        writeFields(document, fieldsOf(finding, this.context.accountId, this.context.region));
        document.ownThreat(fieldsJson(threatOf(finding)));
        lookUpAll(document, "aws.guardduty", finding);
        const { ids, names } = usersOf(finding);
        const owners = columnOf(listAt(finding, "resource.s3BucketDetails"), "owner.id");
        [...ids, ...names, ...owners].forEach((user) => document.relatedUser(user));
        hashesOf(finding).forEach((hash) => document.relatedHash(hash));
        document.open(KEY.aws);
        verbatim(document, KEY.guardduty, this.scanner, bytes, start, end);
        document.close();
        return undefined;
    }
}

/** GuardDuty's findings, from EventBridge or as exported to S3; each is kept verbatim under `aws.guardduty`. */
export function guardduty(): LogSource {
    return {
        dataset: "aws.guardduty",
        reader: (context) => {
            const writer = new GuardDutyWriter(context);
            return new JsonArrayReader(writer.scanner, writer.write.bind(writer), writer.shape);
        },
    };
}
