import { eachObject } from "../bytes/json-objects";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { JsonRecord } from "../documents/json-record";
import { DnsAnswer, lookUpAnswers, lookUpName, writeDomainParts } from "./dns";
import { EveRecord } from "./suricata-record";

const KEY = {
    ...keys("dns", "type", "id", "response_code", "header_flags", "question", "name", "answers"),
    ...keys("resolved_ip"),
};

/** The types of version 3 have other names. */
const TYPES: Readonly<Record<string, string>> = {
    query: "query",
    request: "query",
    answer: "answer",
    response: "answer",
};

const FLAGS = {
    AA: "dnsAuthoritative",
    TC: "dnsTruncated",
    RD: "dnsRecursionDesired",
    RA: "dnsRecursionAvailable",
} as const;

/** Writes `dns` of all three versions of DNS records, and looks up what they show. */
export class EveDns {
    private readonly entry = new JsonRecord({ name: "rrname", type: "rrtype", data: "rdata", ttl: "ttl" });

    write(document: Document, record: EveRecord): void {
        const type = this.type(record);
        const questions = this.questions(record, type);
        const answers = this.answers(record, type);
        questions.forEach(
            ({ name }) => name !== undefined && lookUpName(document, "dns.question.name", name),
        );
        document.open(KEY.dns);
        document.text(KEY.type, type);
        document.text(KEY.id, record.text("dnsId"));
        document.text(KEY.response_code, record.text("dnsCode") ?? record.text("dnsAnswerCode"));
        const flags = Object.entries(FLAGS).filter(([, place]) => record.isTrue(place));
        document.list(
            KEY.header_flags,
            flags.map(([flag]) => flag),
        );
        document.open(KEY.question);
        document.text(KEY.name, questions[0]?.name);
        document.text(KEY.type, questions[0]?.type);
        writeDomainParts(document, questions[0]?.name ?? record.text("dnsName") ?? "");
        document.close();
        const addresses = lookUpAnswers(document, answers);
        if (answers.length > 0) {
            document.raw(KEY.answers, JSON.stringify(answers));
        }
        document.list(KEY.resolved_ip, addresses);
        document.close();
    }

    private type(record: EveRecord): string | undefined {
        const type = record.text("dnsType");
        if (type !== undefined) {
            return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
        }
        return record.has("dnsAnswer") ? "answer" : record.has("dnsQuery") ? "query" : undefined;
    }

    /** An answer of version 1 tells only its own name, which need not be what was asked for. */
    private questions(record: EveRecord, type: string | undefined): DnsAnswer[] {
        const list = [...this.entries(record, "dnsQueries"), ...this.entries(record, "dnsQuery")];
        const name = record.text("dnsName");
        const own = name !== undefined && (type === "query" || record.count("dnsVersion") >= 2);
        return own ? [{ name, type: record.text("dnsRecordType") }, ...list] : list;
    }

    private answers(record: EveRecord, type: string | undefined): DnsAnswer[] {
        if (type === "answer" && record.count("dnsVersion") < 2 && record.text("dnsName") !== undefined) {
            const ttl = record.count("dnsTtl");
            return [
                {
                    name: record.text("dnsName"),
                    type: record.text("dnsRecordType"),
                    data: record.text("dnsData"),
                    ttl: ttl < 0 ? undefined : ttl,
                },
            ];
        }
        return [...this.entries(record, "dnsAnswers"), ...this.entries(record, "dnsAnswer")];
    }

    private entries(
        record: EveRecord,
        list: "dnsQueries" | "dnsQuery" | "dnsAnswers" | "dnsAnswer",
    ): DnsAnswer[] {
        const { entry } = this;
        const entries: DnsAnswer[] = [];
        eachObject(entry.scanner, record.bytes, record.start(list), record.end(list), () => {
            const ttl = entry.count("ttl");
            entries.push({
                name: entry.text("name"),
                type: entry.text("type"),
                data: entry.text("data"),
                ttl: ttl < 0 ? undefined : ttl,
            });
        });
        return entries;
    }
}
