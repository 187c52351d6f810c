import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Context } from "./context";

/** Flattens a request into the form fields of the AWS query protocol. */
export function formFields(value: unknown, prefix = ""): [string, string][] {
    if (value === undefined || value === null) {
        return [];
    }
    if (Array.isArray(value)) {
        return value.flatMap((entry, index) => formFields(entry, `${prefix}.member.${index + 1}`));
    }
    if (typeof value === "object") {
        return Object.entries(value).flatMap(([key, entry]) =>
            formFields(entry, prefix ? `${prefix}.${key}` : key),
        );
    }
    return [[prefix, String(value)]];
}

/** One signed call of the query protocol, for a service whose SDK client is not installed. */
export async function query(
    ctx: Context,
    service: string,
    version: string,
    action: string,
    input: object,
): Promise<string> {
    const url = new URL(ctx.endpoint(service));
    const body = new URLSearchParams([
        ["Action", action],
        ["Version", version],
        ...formFields(input),
    ]).toString();
    const signer = new SignatureV4({
        service,
        region: ctx.region,
        credentials: ctx.settings.credentials,
        sha256: Sha256,
    });
    const signed = await signer.sign({
        method: "POST",
        protocol: url.protocol,
        hostname: url.hostname,
        port: Number(url.port) || undefined,
        path: "/",
        headers: { host: url.host, "content-type": "application/x-www-form-urlencoded" },
        body,
    });
    const answer = await fetch(`${url.origin}/`, { method: "POST", headers: signed.headers, body });
    const text = await answer.text();
    if (!answer.ok) {
        throw new Error(`${action}: ${text.slice(0, 500)}`);
    }
    return text;
}
