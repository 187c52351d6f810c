import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { writeTime } from "../documents/timeWriter";
import { distinguishedName } from "./distinguished-name";
import { EVE_PATHS, EveRecord } from "./suricata-record";

const KEY = {
    ...keys(
        "tls",
        "client",
        "server",
        "version",
        "version_protocol",
        "resumed",
        "server_name",
        "ja3",
        "ja3s",
    ),
    ...keys("ja4", "subject", "issuer", "hash", "sha1", "certificate", "certificate_chain", "not_before"),
    ...keys("not_after", "x509", "serial_number"),
};

/** @returns the server that the client asked for */
export function serverName(record: EveRecord): string | undefined {
    return (record.text("tlsServerName") ?? record.text("quicServerName"))?.replace(/\.$/, "") || undefined;
}

/** Writes `tls` of a TLS or QUIC handshake, and looks up what it shows; of SSH there are fingerprints only. */
export function writeTls(document: Document, record: EveRecord): void {
    const name = serverName(record);
    if (name !== undefined) {
        document.host("tls.client.server_name", name);
    }
    document.open(KEY.tls);
    version(document, record.text("tlsVersion") ?? "");
    if (record.has("tlsResumed")) {
        document.boolean(KEY.resumed, record.isTrue("tlsResumed"));
    }
    document.open(KEY.client);
    document.text(KEY.server_name, name);
    fingerprint(document, record, "ja3", "tlsJa3", "quicJa3");
    fingerprint(document, record, "ja4", "tlsJa4", "quicJa4");
    document.close();
    document.open(KEY.server);
    certificate(document, record);
    fingerprint(document, record, "ja3s", "tlsJa3s", "quicJa3s");
    document.close();
    document.close();
    document.relatedHash(record.text("sshClientHassh"));
    document.relatedHash(record.text("sshServerHassh"));
}

/** `TLS 1.2`, `TLSv1`, `SSLv2`; or `UNDETERMINED`. */
function version(document: Document, text: string): void {
    const [, protocol, number] = /^([A-Z]+)[v ](.+)$/i.exec(text) ?? [];
    document.text(KEY.version_protocol, protocol?.toLowerCase());
    document.text(KEY.version, number);
}

function fingerprint(
    document: Document,
    record: EveRecord,
    name: "ja3" | "ja3s" | "ja4",
    ...places: (keyof typeof EVE_PATHS)[]
): void {
    const value = places.map((place) => record.text(place)).find((text) => text !== undefined);
    document.text(KEY[name], value);
    document.relatedHash(value);
}

function certificate(document: Document, record: EveRecord): void {
    const sha1 = record.text("tlsFingerprint")?.replace(/:/g, "").toUpperCase();
    document.relatedHash(sha1);
    document.open(KEY.hash);
    document.text(KEY.sha1, sha1);
    document.close();
    record.copy(document, KEY.subject, "tlsSubject");
    record.copy(document, KEY.issuer, "tlsIssuer");
    record.copy(document, KEY.certificate, "tlsCertificate");
    document.list(KEY.certificate_chain, record.texts("tlsChain"));
    validity(document, record);
    document.open(KEY.x509);
    for (const [name, place] of [
        ["subject", "tlsSubject"],
        ["issuer", "tlsIssuer"],
    ] as const) {
        const parts = distinguishedName(record.text(place) ?? "");
        if (Object.keys(parts).length > 0) {
            document.raw(KEY[name], JSON.stringify(parts));
        }
    }
    document.text(KEY.serial_number, record.text("tlsSerial")?.replace(/:/g, ""));
    validity(document, record);
    document.close();
}

function validity(document: Document, record: EveRecord): void {
    const [notBefore, notAfter] = [record.time("tlsNotBefore"), record.time("tlsNotAfter")];
    if (!Number.isNaN(notBefore)) {
        writeTime(document, KEY.not_before, notBefore);
    }
    if (!Number.isNaN(notAfter)) {
        writeTime(document, KEY.not_after, notAfter);
    }
}
