import { JsonReader } from "../bytes/json-reader";
import { eachObject } from "../bytes/json-objects";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { JsonRecord } from "../documents/json-record";
import { verbatim } from "../documents/verbatim";
import { key, members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { cloudMembers } from "./cloud";
import { DnsAnswer, lookUpAnswers, lookUpName, writeDomainParts } from "./dns";
import { DeliveryContext, LogSource, Malformed, Verdict } from "./source";

const KEY = {
    ...keys("cloud", "instance", "id", "dns", "question", "name", "type", "response_code", "answers"),
    ...keys("resolved_ip", "source", "address", "port", "network", "transport", "iana_number", "aws"),
    ...keys("vpc_id", "instance_id", "route53", "firewall", "action", "rule_group", "domain_list"),
    ...keys("route53_resolver_logs"),
    questionClass: key("class"),
};

const PATHS = {
    time: "query_timestamp",
    account: "account_id",
    region: "region",
    vpc: "vpc_id",
    instance: "srcids.instance",
    name: "query_name",
    type: "query_type",
    questionClass: "query_class",
    code: "rcode",
    answers: "answers",
    source: "srcaddr",
    port: "srcport",
    transport: "transport",
    action: "firewall_rule_action",
    ruleGroup: "firewall_rule_group_id",
    domainList: "firewall_domain_list_id",
};

const SUCCESS = members({ kind: "event", category: ["network"], type: ["protocol"], outcome: "success" });
const FAILURE = members({ kind: "event", category: ["network"], type: ["protocol"], outcome: "failure" });
const PROTOCOL = members({ protocol: "dns" });
const TYPE = { ipv4: members({ type: "ipv4" }), ipv6: members({ type: "ipv6" }) };
const IANA_NUMBERS: Readonly<Record<string, string>> = { tcp: "6", udp: "17" };

const MAX_PORT = 65535;

class Route53Writer {
    readonly record = new JsonRecord(PATHS);
    private readonly answer = new JsonRecord({ data: "Rdata", type: "Type", class: "Class" });

    constructor(private readonly context: DeliveryContext) {}

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { record } = this;
        const time = record.time("time");
        if (Number.isNaN(time)) {
            return new Malformed("no query_timestamp");
        }
        const name = withoutDot(record.text("name"));
        if (name === undefined) {
            return new Malformed("no query_name");
        }
        document.event(time);
        document.put(record.text("code") === "NOERROR" ? SUCCESS : FAILURE);
        document.close();
        document.put(ECS_MEMBERS);
        this.cloud(document);
        this.network(document);
        this.dns(document, name);
        document.open(KEY.aws);
        this.own(document);
        verbatim(document, KEY.route53_resolver_logs, record.scanner, bytes, start, end);
        document.close();
        return undefined;
    }

    private cloud(document: Document): void {
        const { record, context } = this;
        document.open(KEY.cloud);
        document.put(
            cloudMembers(
                record.text("account") ?? context.accountId,
                record.text("region") ?? context.region,
            ),
        );
        document.open(KEY.instance);
        record.copy(document, KEY.id, "instance");
        document.close();
        document.close();
    }

    /** Writes `source` and `network`. */
    private network(document: Document): void {
        const { record } = this;
        const address = record.text("source");
        const bytes = Buffer.from(address ?? "");
        document.open(KEY.source);
        const slot = document.endpoint("source.ip", bytes, 0, bytes.length);
        if (slot === NO_ADDRESS) {
            document.text(KEY.address, address);
        }
        const port = record.count("port");
        if (port >= 0 && port <= MAX_PORT) {
            document.number(KEY.port, port);
        }
        document.close();
        document.open(KEY.network);
        document.put(PROTOCOL);
        const transport = record.text("transport")?.toLowerCase() ?? "";
        document.text(KEY.transport, transport);
        if (Object.hasOwn(IANA_NUMBERS, transport)) {
            document.text(KEY.iana_number, IANA_NUMBERS[transport]);
        }
        if (slot !== NO_ADDRESS) {
            document.put(document.enrichment.addresses.isIPv6(slot) ? TYPE.ipv6 : TYPE.ipv4);
        }
        document.close();
    }

    private dns(document: Document, name: string): void {
        const { record } = this;
        lookUpName(document, "dns.question.name", name);
        const answers = this.answers();
        const addresses = lookUpAnswers(document, answers);
        document.open(KEY.dns);
        document.open(KEY.question);
        document.text(KEY.name, name);
        writeDomainParts(document, name);
        record.copy(document, KEY.type, "type");
        record.copy(document, KEY.questionClass, "questionClass");
        document.close();
        record.copy(document, KEY.response_code, "code");
        if (answers.length > 0) {
            document.raw(KEY.answers, JSON.stringify(answers));
        }
        document.list(KEY.resolved_ip, addresses);
        document.close();
    }

    private answers(): DnsAnswer[] {
        const { record, answer } = this;
        const answers: DnsAnswer[] = [];
        eachObject(answer.scanner, record.bytes, record.start("answers"), record.end("answers"), () => {
            const type = answer.text("type");
            const data = withoutDot(answer.text("data"));
            answers.push({
                // The log does not tell whose answer it is; Elastic's pipeline names aliases so.
                name: type === "CNAME" ? data : undefined,
                type,
                class: answer.text("class"),
                data,
            });
        });
        return answers;
    }

    /** What has no ECS field, where Elastic's pipeline has it. */
    private own(document: Document): void {
        const { record } = this;
        record.copy(document, KEY.vpc_id, "vpc");
        record.copy(document, KEY.instance_id, "instance");
        document.open(KEY.route53);
        document.open(KEY.firewall);
        record.copy(document, KEY.action, "action");
        document.open(KEY.rule_group);
        record.copy(document, KEY.id, "ruleGroup");
        document.close();
        document.open(KEY.domain_list);
        record.copy(document, KEY.id, "domainList");
        document.close();
        document.close();
        document.close();
    }
}

/** The dot that ends a full name; the root itself stays `.`. */
function withoutDot(name: string | undefined): string | undefined {
    return name !== undefined && name.length > 1 && name.endsWith(".") ? name.slice(0, -1) : name;
}

/**
 * Query logs of Route 53 Resolver: JSON objects, kept verbatim under `aws.route53_resolver_logs`. The few fields that
 * Elastic's pipeline has beside ECS (`aws.vpc_id`, `aws.route53.firewall`) are filled too, for dashboards that use them.
 */
export function route53(): LogSource {
    return {
        dataset: "aws.route53_resolver_logs",
        reader: (context) => {
            const writer = new Route53Writer(context);
            return new JsonReader(writer.record.scanner, writer.write.bind(writer));
        },
    };
}
