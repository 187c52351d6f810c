import { servicesEndpoint } from "../engines/services";
import type { Props } from "./properties";

export interface Credentials {
    accessKeyId: string;
    secretAccessKey: string;
    sessionToken?: string;
}

interface ClientConfig {
    region: string;
    endpoint: string;
    credentials: Credentials;
    maxAttempts: number;
    forcePathStyle?: boolean;
    useQueueUrlAsEndpoint?: boolean;
}

interface AssumeRole {
    roleArn?: string;
    externalId?: string;
    sessionName?: string;
}

/** Provider settings, decoded. */
export interface Settings {
    region: string;
    endpoint: string;
    credentials: Credentials;
    assumeRoles: AssumeRole[];
    allowedAccountIds: string[];
    forbiddenAccountIds: string[];
    endpoints: Record<string, string>;
    defaultTags: Record<string, string>;
}

const IGNORED =
    /^(skip[A-Z]\w*|s3UsePathStyle|s3UsEast1RegionalEndpoint|maxRetries|retryMode|version|profile|stsRegion|useFipsEndpoint|useDualstackEndpoint|pluginDownloadURL|insecure)$/;
const KNOWN = new Set([
    "region",
    "accessKey",
    "secretKey",
    "token",
    "assumeRole",
    "assumeRoles",
    "allowedAccountIds",
    "forbiddenAccountIds",
    "endpoints",
    "defaultTags",
]);

/** Services that MiniStack does not have. */
const STAND_IN = new Set(["guardduty", "route53resolver", "networkfirewall"]);

/** Provider configuration that is not text arrives as JSON text. */
function decode(value: unknown): unknown {
    if (typeof value !== "string" || !/^\s*[[{"]/.test(value)) {
        return value;
    }
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

const asList = (value: unknown): unknown[] =>
    value === undefined || value === null || value === "" ? [] : Array.isArray(value) ? value : [value];

/** Reads the provider configuration; base credentials and endpoint come from the environment. */
export function readSettings(config: Props, env: NodeJS.ProcessEnv = process.env): Settings {
    for (const key of Object.keys(config)) {
        if (!KNOWN.has(key) && !IGNORED.test(key)) {
            throw new Error(`aws provider setting "${key}" is not supported by the local cloud`);
        }
    }
    const get = (key: string): unknown => decode(config[key]);
    const text = (key: string): string | undefined => (config[key] ? String(config[key]) : undefined);
    const endpoint = env.AWS_ENDPOINT_URL;
    if (!endpoint) {
        throw new Error("AWS_ENDPOINT_URL is not set: the local aws provider only talks to an emulator");
    }
    const accessKeyId = text("accessKey") ?? env.AWS_ACCESS_KEY_ID;
    const secretAccessKey = text("secretKey") ?? env.AWS_SECRET_ACCESS_KEY;
    if (!accessKeyId || !secretAccessKey) {
        throw new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set");
    }
    const region = text("region") ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
    if (!region) {
        throw new Error("no region: set aws:region");
    }
    const token = text("token") ?? (config.accessKey ? undefined : env.AWS_SESSION_TOKEN);
    const defaultTags = (get("defaultTags") as { tags?: Record<string, string> } | undefined)?.tags ?? {};
    return {
        region,
        endpoint,
        credentials: { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) },
        assumeRoles: [...asList(get("assumeRoles")), ...asList(get("assumeRole"))] as AssumeRole[],
        allowedAccountIds: asList(get("allowedAccountIds")).map(String),
        forbiddenAccountIds: asList(get("forbiddenAccountIds")).map(String),
        endpoints: Object.assign({}, ...asList(get("endpoints"))) as Record<string, string>,
        defaultTags,
    };
}

/** The account and region calls go to; hands out SDK clients. */
export class Context {
    private readonly clients: Map<string, unknown>;
    private account: Promise<string> | undefined;

    constructor(
        readonly settings: Settings,
        readonly region: string = settings.region,
        private readonly root?: Context,
    ) {
        this.clients = root?.clients ?? new Map<string, unknown>();
    }

    /** Signs in (role chain) and checks the account id. */
    static async connect(settings: Settings): Promise<Context> {
        let credentials = settings.credentials;
        for (const role of settings.assumeRoles.filter((entry) => entry.roleArn)) {
            const base = new Context({ ...settings, credentials });
            const sdk = await import("@aws-sdk/client-sts");
            const answer = await base
                .client("sts", sdk.STSClient)
                .send(
                    new sdk.AssumeRoleCommand({
                        RoleArn: role.roleArn,
                        RoleSessionName: role.sessionName ?? "pulumi-local",
                        ExternalId: role.externalId,
                    }),
                )
                .catch((error: Error) => {
                    throw new Error(`cannot assume ${role.roleArn}: ${error.name}: ${error.message}`);
                });
            credentials = {
                accessKeyId: answer.Credentials?.AccessKeyId ?? "",
                secretAccessKey: answer.Credentials?.SecretAccessKey ?? "",
                sessionToken: answer.Credentials?.SessionToken,
            };
        }
        const ctx = new Context({ ...settings, credentials });
        await ctx.checkAccount();
        return ctx;
    }

    private async checkAccount(): Promise<void> {
        const { allowedAccountIds, forbiddenAccountIds } = this.settings;
        if (allowedAccountIds.length === 0 && forbiddenAccountIds.length === 0) {
            return;
        }
        const account = await this.accountId();
        if (allowedAccountIds.length > 0 && !allowedAccountIds.includes(account)) {
            throw new Error(
                `account ${account} is not in allowedAccountIds (${allowedAccountIds.join(", ")})`,
            );
        }
        if (forbiddenAccountIds.includes(account)) {
            throw new Error(`account ${account} is in forbiddenAccountIds`);
        }
    }

    /** The same account in another region. */
    at(region: unknown): Context {
        return typeof region === "string" && region !== "" && region !== this.region
            ? new Context(this.settings, region, this.root ?? this)
            : this;
    }

    /** One client a service and region. `service` is the name used in the provider's `endpoints`. */
    client<C>(service: string, constructor: new (config: ClientConfig) => C): C {
        const key = `${service}/${this.region}`;
        const known = this.clients.get(key);
        if (known) {
            return known as C;
        }
        const made = new constructor({
            region: this.region,
            endpoint: this.endpoint(service),
            credentials: this.settings.credentials,
            maxAttempts: 3,
            ...(service === "s3" ? { forcePathStyle: true } : {}),
            ...(service === "sqs" ? { useQueueUrlAsEndpoint: false } : {}),
        });
        this.clients.set(key, made);
        return made;
    }

    endpoint(service: string): string {
        const { endpoint, endpoints } = this.settings;
        return endpoints[service] || (STAND_IN.has(service) && servicesEndpoint()) || endpoint;
    }

    /** The caller's account. */
    accountId(): Promise<string> {
        if (this.root) {
            return this.root.accountId();
        }
        this.account ??= this.identity().then((identity) => identity.accountId);
        return this.account;
    }

    async identity(): Promise<{ accountId: string; arn: string; userId: string }> {
        const sdk = await import("@aws-sdk/client-sts");
        const answer = await this.client("sts", sdk.STSClient).send(new sdk.GetCallerIdentityCommand({}));
        return { accountId: answer.Account ?? "", arn: answer.Arn ?? "", userId: answer.UserId ?? "" };
    }

    /** `arn:aws:<service>:<region>:<account>:<rest>` */
    async arn(service: string, rest: string): Promise<string> {
        return `arn:aws:${service}:${this.region}:${await this.accountId()}:${rest}`;
    }
}
