import { GetAccessKeyInfoCommand, STSClient } from "@aws-sdk/client-sts";
import type { IncomingHttpHeaders } from "node:http";
import { ServiceError } from "./service";

/** What the signature of a request says of its caller. */
export interface Scope {
    readonly accessKey: string;
    readonly region: string;
    readonly signingName: string;
}

/** @throws ServiceError when the request is not signed (the signature itself is not checked) */
export function scopeOf(headers: IncomingHttpHeaders): Scope {
    const [, accessKey, region, signingName] =
        /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? "") ??
        [];
    if (!accessKey) {
        throw new ServiceError("MissingAuthenticationTokenException", "the request is not signed", 403);
    }
    return { accessKey, region, signingName };
}

/** Account of an access key: its own digits for a root key, else what MiniStack says. */
export class Accounts {
    private readonly known = new Map<string, string>();

    constructor(private readonly awsEndpoint: () => string) {}

    /** @throws ServiceError for a key that nobody has */
    async of({ accessKey, region }: Scope): Promise<string> {
        const account = /^\d{12}$/.test(accessKey) ? accessKey : this.known.get(accessKey);
        if (account) {
            return account;
        }
        const sts = new STSClient({
            endpoint: this.awsEndpoint(),
            region,
            // Anybody may ask: this is the root of no account.
            credentials: { accessKeyId: "000000000000", secretAccessKey: "local" },
        });
        try {
            const { Account = "" } = await sts.send(new GetAccessKeyInfoCommand({ AccessKeyId: accessKey }));
            this.known.set(accessKey, Account);
            return Account;
        } catch (error) {
            const reason = (error as Error).name;
            throw new ServiceError("UnrecognizedClientException", `access key unknown (${reason})`, 403);
        } finally {
            sts.destroy();
        }
    }
}
