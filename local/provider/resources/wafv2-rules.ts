import type { Props } from "../properties";

/** Where the WAF API's names are not Pulumi's with a capital. */
const RENAME: Record<string, string> = {
    arn: "ARN",
    cloudwatchMetricsEnabled: "CloudWatchMetricsEnabled",
    forwardedIp: "ForwardedIP",
    forwardedIpConfig: "ForwardedIPConfig",
    ip: "IP",
    ipSetForwardedIpConfig: "IPSetForwardedIPConfig",
    ipSetReferenceStatement: "IPSetReferenceStatement",
    ja3Fingerprint: "JA3Fingerprint",
    ja4Fingerprint: "JA4Fingerprint",
    asn: "ASN",
};

const capital = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);

/** Rules, statements and actions of Pulumi in the shape of the WAF API. */
export function toWaf(value: unknown, parent = ""): unknown {
    if (Array.isArray(value)) {
        return value.map((entry) => toWaf(entry, parent));
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value as Props).map(([key, entry]) => {
            if (parent === "notStatement" && key === "statements") {
                return ["Statement", toWaf((entry as unknown[])[0], key)];
            }
            if (key === "searchString") {
                return ["SearchString", Buffer.from(String(entry), "utf8")];
            }
            if (key === "countryCodes" || key === "asnLists") {
                return [key === "asnLists" ? "AsnList" : "CountryCodes", entry];
            }
            return [RENAME[key] ?? capital(key), toWaf(entry, key)];
        }),
    );
}
