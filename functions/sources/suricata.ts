import { JsonReader } from "../bytes/json-reader";
import { Document } from "../documents/document";
import { ECS_MEMBERS, keys } from "../documents/ecs";
import { JsonRecord } from "../documents/json-record";
import { verbatim } from "../documents/verbatim";
import { members } from "../documents/writer";
import { LogSource, Malformed, Skipped, Verdict } from "./source";
import { EveDns } from "./suricata-dns";
import { writeEnds } from "./suricata-ends";
import { protocolOf, writeEvent } from "./suricata-event";
import { EveFile } from "./suricata-file";
import { writeHttp } from "./suricata-http";
import { EVE_PATHS, EveRecord } from "./suricata-record";
import { serverName, writeTls } from "./suricata-tls";

const KEY = keys("message", "rule", "id", "name", "category", "version", "suricata", "eve");

const OBSERVER = members({ observer: { product: "Suricata", type: "ids", vendor: "OISF" } });

const STATISTICS = new Skipped("statistics");

class SuricataWriter {
    readonly record: EveRecord = new JsonRecord(EVE_PATHS);
    private readonly dns = new EveDns();
    private readonly file = new EveFile();

    write(document: Document, bytes: Buffer, start: number, end: number): Verdict {
        const { record } = this;
        const type = record.text("type")?.toLowerCase();
        if (type === undefined) {
            return new Malformed("no event_type");
        }
        if (type === "stats") {
            return STATISTICS;
        }
        const time = record.time("timestamp");
        if (Number.isNaN(time)) {
            return new Malformed("no timestamp");
        }
        const protocol = protocolOf(record, type);
        const domains = [serverName(record), record.text("hostname")].filter((name) => name !== undefined);
        document.event(time);
        writeEvent(document, record, type);
        document.close();
        document.put(ECS_MEMBERS);
        document.put(OBSERVER);
        writeEnds(document, record, protocol, [...new Set(domains)]);
        this.rule(document);
        if (record.has("metadata")) {
            this.threat(document);
        }
        if (record.has("http")) {
            writeHttp(document, record, protocol);
        }
        if (record.has("tls") || record.has("quic") || record.has("ssh")) {
            writeTls(document, record);
        }
        if (record.has("dns")) {
            this.dns.write(document, record);
        }
        this.file.write(document, record);
        document.open(KEY.suricata);
        verbatim(document, KEY.eve, record.scanner, bytes, start, end);
        document.close();
        return undefined;
    }

    private rule(document: Document): void {
        const { record } = this;
        record.copy(document, KEY.message, "category");
        document.open(KEY.rule);
        document.text(KEY.id, record.text("signatureId"));
        record.copy(document, KEY.name, "signature");
        record.copy(document, KEY.category, "category");
        document.text(KEY.version, record.text("revision"));
        document.close();
    }

    /** What the rule says of MITRE's tactics and techniques. */
    private threat(document: Document): void {
        const { record } = this;
        const tacticIds = record.texts(record.has("mitreAttack") ? "mitreAttack" : "tacticId");
        const own = {
            tactic: listed({ id: tacticIds, name: record.texts("tacticName") }),
            technique: listed({ id: record.texts("techniqueId"), name: record.texts("techniqueName") }),
        };
        if (own.tactic || own.technique) {
            document.ownThreat(`${JSON.stringify(own).slice(1, -1)},`);
        }
    }
}

/** @returns the lists that are not empty, undefined for none */
function listed(lists: Readonly<Record<string, readonly string[]>>): object | undefined {
    const known = Object.entries(lists).filter(([, list]) => list.length > 0);
    return known.length > 0 ? Object.fromEntries(known) : undefined;
}

/**
 * Suricata's EVE log: JSON objects, a line each, pretty-printed or in one array, kept verbatim under `suricata.eve`.
 */
export function suricata(): LogSource {
    return {
        dataset: "suricata.eve",
        reader: () => {
            const writer = new SuricataWriter();
            return new JsonReader(writer.record.scanner, writer.write.bind(writer), true);
        },
    };
}
