import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { writeTime } from "../documents/timeWriter";
import { Members, members } from "../documents/writer";
import { EveRecord } from "./suricata-record";

const KEY = keys("type", "outcome", "severity", "start", "end", "duration");

const ALERT = members({ kind: "alert", category: ["network", "intrusion_detection"] });
const WEB = members({ kind: "event", category: ["network", "web"] });
const OTHER = members({ kind: "event", category: ["network"] });

const KINDS: Readonly<Record<string, Members>> = { alert: ALERT, http: WEB, http2: WEB };

/** Types of events that tell of something else than a protocol's exchange; all others are named by a protocol. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
    alert: [],
    anomaly: [],
    drop: ["denied"],
    engine: [],
    fileinfo: [],
    flow: ["connection"],
    http: ["access", "protocol"],
    http2: ["access", "protocol"],
    metadata: [],
    netflow: ["connection"],
    packet: [],
};

const ACTIONS: Readonly<Record<string, string>> = { allowed: "allowed", blocked: "denied" };
const STATES: Readonly<Record<string, string>> = { new: "start", closed: "end" };

/** Protocols that have another name in an event's type, or in `app_proto`. */
const PROTOCOLS: Readonly<Record<string, string>> = { ftp_data: "ftp", "ftp-data": "ftp", http2: "http" };

/** What `app_proto` has where it knows none. */
const NO_PROTOCOL: ReadonlySet<string> = new Set(["failed", "template", "template-rust", "unknown"]);

/** @returns `network.protocol` @param type of the event, in lower case */
export function protocolOf(record: EveRecord, type: string): string | undefined {
    const told = record.text("appProtocol")?.toLowerCase();
    if (told !== undefined && !NO_PROTOCOL.has(told)) {
        return told === "ftp-data" ? "ftp" : told;
    }
    if (Object.hasOwn(PROTOCOLS, type)) {
        return PROTOCOLS[type];
    }
    return Object.hasOwn(TYPES, type) && type !== "http" ? undefined : type;
}

/** Writes the members of `event`, as Elastic's pipeline does. @param type of the event, in lower case */
export function writeEvent(document: Document, record: EveRecord, type: string): void {
    document.put(Object.hasOwn(KINDS, type) ? KINDS[type] : OTHER);
    const types = Object.hasOwn(TYPES, type) ? [...TYPES[type]] : ["protocol"];
    const action = record.text("alertAction") ?? "";
    if (Object.hasOwn(ACTIONS, action) && !types.includes(ACTIONS[action])) {
        types.push(ACTIONS[action]);
    }
    const state = record.text("flowState") ?? "";
    if (Object.hasOwn(STATES, state)) {
        types.push(STATES[state]);
    }
    document.list(KEY.type, types);
    const status = record.count("status");
    if (type === "http" && status >= 0) {
        document.text(KEY.outcome, status < 400 ? "success" : "failure");
    }
    const severity = record.count("severity");
    if (severity >= 0) {
        document.number(KEY.severity, severity);
    }
    span(document, either(record, "flowStart", "netflowStart"), either(record, "flowEnd", "netflowEnd"));
}

function either(
    record: EveRecord,
    flow: "flowStart" | "flowEnd",
    other: "netflowStart" | "netflowEnd",
): number {
    const time = record.time(flow);
    return Number.isNaN(time) ? record.time(other) : time;
}

function span(document: Document, start: number, end: number): void {
    if (!Number.isNaN(start)) {
        writeTime(document, KEY.start, start);
    }
    if (!Number.isNaN(end)) {
        writeTime(document, KEY.end, end);
    }
    if (end >= start) {
        // Nanoseconds, as ECS has it.
        document.number(KEY.duration, (end - start) * 1_000_000);
    }
}
