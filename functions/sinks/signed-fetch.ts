import { createHash, createHmac } from "node:crypto";

export interface SignedRequest {
    readonly method: string;
    /** Absolute URL: a path of unreserved characters, no query. */
    readonly url: string;
    readonly body?: string;
    readonly contentType?: string;
}

export type SignedFetch = (request: SignedRequest) => Promise<Response>;

type Environment = Readonly<Record<string, string | undefined>>;

/** A `fetch` that signs for an OpenSearch domain, with the credentials that Lambda puts into the environment. */
export function signedFetch(env: Environment, send: typeof fetch = fetch): SignedFetch {
    return (request) =>
        send(request.url, {
            method: request.method,
            headers: signedHeaders(request, env, new Date()),
            body: request.body,
            redirect: "manual",
            signal: AbortSignal.timeout(60_000),
        });
}

/**
 * Headers of a request with AWS Signature Version 4 for the service `es`. Written here since the Lambda runtime does
 * not promise `@smithy/signature-v4`, and since hashing megabytes of bulk bodies wants Node's own SHA-256.
 */
export function signedHeaders(request: SignedRequest, env: Environment, now: Date): Record<string, string> {
    const { host, pathname } = new URL(request.url);
    const region = env.AWS_REGION ?? "us-east-1";
    const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
    const bodyHash = sha256(request.body ?? "");
    const headers: Record<string, string> = {
        "content-type": request.contentType ?? "application/json",
        host,
        "x-amz-content-sha256": bodyHash,
        "x-amz-date": time,
        ...(env.AWS_SESSION_TOKEN ? { "x-amz-security-token": env.AWS_SESSION_TOKEN } : {}),
    };
    const names = Object.keys(headers).sort();
    const signedNames = names.join(";");
    const canonicalHeaders = names.map((name) => `${name}:${headers[name]}\n`).join("");
    const canonical = [request.method, pathname, "", canonicalHeaders, signedNames, bodyHash].join("\n");
    const scope = `${time.slice(0, 8)}/${region}/es/aws4_request`;
    const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonical)].join("\n");
    let key: Buffer = Buffer.from(`AWS4${env.AWS_SECRET_ACCESS_KEY ?? ""}`);
    for (const part of scope.split("/")) {
        key = hmac(key, part);
    }
    const signature = hmac(key, toSign).toString("hex");
    const { host: _setByFetch, ...sent } = headers;
    const credential = `${env.AWS_ACCESS_KEY_ID ?? ""}/${scope}`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedNames}, Signature=${signature}`;
    return { ...sent, authorization };
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}
