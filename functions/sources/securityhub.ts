import { JsonScanner } from "../bytes/json";
import { JsonArrayReader } from "../bytes/json-array-reader";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { verbatim } from "../documents/verbatim";
import { fieldsJson, writeFields } from "../documents/write-fields";
import { writeEndpoint } from "./finding-endpoint";
import { lookUpAll } from "./finding-observables";
import { listAt, textAt, timeAt } from "./parsed-json";
import { endpointOf, eventOf, fieldsOf, threatOf } from "./securityhub-fields";
import { resourceUsers } from "./securityhub-resources";
import { DeliveryContext, LogSource, Malformed, Skipped, Verdict } from "./source";

const KEY = keys("aws", "securityhub_findings");
const INDICATORS = "aws.securityhub_findings.ThreatIntelIndicators.Value";

const PATHS = {
    id: "Id",
    schema: "SchemaVersion",
    product: "ProductArn",
    eventType: "detail-type",
    findings: "detail.findings",
};

/** Members that a finding may begin with: whoever writes it chooses their order. */
const FIRST = [
    ...[
        "SchemaVersion",
        "Id",
        "ProductArn",
        "ProductName",
        "CompanyName",
        "Region",
        "GeneratorId",
        "AwsAccountId",
    ],
    ...[
        "Types",
        "FirstObservedAt",
        "LastObservedAt",
        "CreatedAt",
        "UpdatedAt",
        "Severity",
        "Confidence",
        "Action",
    ],
    ...[
        "Criticality",
        "Title",
        "Description",
        "Remediation",
        "SourceUrl",
        "ProductFields",
        "UserDefinedFields",
    ],
    ...[
        "Malware",
        "Network",
        "NetworkPath",
        "Process",
        "Threats",
        "ThreatIntelIndicators",
        "Resources",
        "Note",
    ],
    ...[
        "Compliance",
        "VerificationState",
        "WorkflowState",
        "Workflow",
        "RecordState",
        "RelatedFindings",
        "Sample",
    ],
    ...["Vulnerabilities", "PatchSummary", "FindingProviderFields", "ProcessedAt", "AwsAccountName"],
];

class SecurityHubWriter {
    readonly scanner = new JsonScanner(PATHS);
    readonly shape = {
        member: "Findings",
        inner: this.scanner.at.findings,
        first: new Set(FIRST),
        isRecord: () => {
            const { at } = this.scanner;
            return [at.id, at.schema, at.product].every((i) => this.scanner.isString(i));
        },
    };

    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { scanner } = this;
        if (scanner.isString(scanner.at.eventType)) {
            return new Skipped("event without findings");
        }
        const finding: unknown = JSON.parse(bytes.toString("utf8", start, end));
        const updated = timeAt(finding, "UpdatedAt");
        const time = Number.isNaN(updated) ? timeAt(finding, "CreatedAt") : updated;
        const id = textAt(finding, "Id");
        if (id === undefined) {
            return new Malformed("no Id of a finding");
        }
        if (Number.isNaN(time)) {
            return new Malformed("neither UpdatedAt nor CreatedAt");
        }
        document.event(time, id);
        writeFields(document, eventOf(finding));
        document.close();
        document.put(ECS_MEMBERS);
        writeEndpoint(document, "source", endpointOf(finding, "Source"));
        writeEndpoint(document, "destination", endpointOf(finding, "Destination"));
        writeFields(document, fieldsOf(finding, this.context.accountId, this.context.region));
        this.lookUp(document, finding);
        document.open(KEY.aws);
        verbatim(document, KEY.securityhub_findings, scanner, bytes, start, end);
        document.close();
        return undefined;
    }

    private lookUp(document: Document, finding: unknown): void {
        lookUpAll(document, "aws.securityhub_findings", finding);
        const url = Buffer.from(textAt(finding, "SourceUrl") ?? "");
        document.url("url.full", url, 0, url.length);
        for (const indicator of listAt(finding, "ThreatIntelIndicators")) {
            lookUpIndicator(document, textAt(indicator, "Type") ?? "", textAt(indicator, "Value") ?? "");
        }
        const { ids, names } = resourceUsers(listAt(finding, "Resources"));
        [...ids, ...names].forEach((user) => document.relatedUser(user));
        document.ownThreat(fieldsJson(threatOf(finding)));
    }
}

function lookUpIndicator(document: Document, type: string, value: string): void {
    const bytes = Buffer.from(value);
    if (type.startsWith("IPV")) {
        document.address(INDICATORS, bytes, 0, bytes.length);
    } else if (type === "DOMAIN" && value !== "") {
        document.host(INDICATORS, value);
    } else if (type === "URL") {
        document.url(INDICATORS, bytes, 0, bytes.length);
    } else if (type.startsWith("HASH_")) {
        document.relatedHash(value);
    }
}

/**
 * Findings in the Security Finding Format (ASFF) of Security Hub, from EventBridge or from its API: a document for each,
 * with the finding verbatim under `aws.securityhub_findings`.
 */
export function securityhub(): LogSource {
    return {
        dataset: "aws.securityhub_findings",
        reader: (context) => {
            const writer = new SecurityHubWriter(context);
            return new JsonArrayReader(writer.scanner, writer.write.bind(writer), writer.shape);
        },
    };
}
