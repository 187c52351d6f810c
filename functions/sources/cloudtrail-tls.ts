import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { copyString } from "../documents/verbatim";
import { members } from "../documents/writer";
import { CloudTrailScanner, has, textOf } from "./cloudtrail-paths";

const KEY = keys("tls", "version", "version_protocol", "cipher", "client", "server_name");
const TLS_1_2 = members({ version: "1.2", version_protocol: "tls" });
const TLS_1_3 = members({ version: "1.3", version_protocol: "tls" });

/** Writes `tls`, and looks up the host that the caller asked for. */
export function writeTls(document: Document, scanner: CloudTrailScanner): void {
    const { at, found } = scanner;
    // Managed Grafana writes the names of the fields into them.
    if (found.is(at.tlsVersion, '"tlsVersion"')) {
        return;
    }
    document.open(KEY.tls);
    if (found.is(at.tlsVersion, '"TLSv1.3"')) {
        document.put(TLS_1_3);
    } else if (found.is(at.tlsVersion, '"TLSv1.2"')) {
        document.put(TLS_1_2);
    } else {
        const version = textOf(scanner, at.tlsVersion) ?? "";
        const v = version.indexOf("v");
        document.text(KEY.version, version.slice(v + 1));
        document.text(KEY.version_protocol, version.slice(0, Math.max(v, 0)).toLowerCase());
    }
    if (has(scanner, at.cipher)) {
        copyString(document, KEY.cipher, scanner, at.cipher);
    }
    if (has(scanner, at.serverName)) {
        document.open(KEY.client);
        copyString(document, KEY.server_name, scanner, at.serverName);
        document.close();
        document.host("tls.client.server_name", withoutPort(scanner.text(at.serverName) ?? ""));
    }
    document.close();
}

function withoutPort(host: string): string {
    return host.includes(":") ? host.replace(/:\d+$/, "") : host;
}
