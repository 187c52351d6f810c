import { createServer, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { randomUUID } from "node:crypto";
import { Accounts, scopeOf } from "./caller";
import { guardDuty } from "./guardduty";
import { listReader } from "./list-reader";
import { decode, encode, Json, ModelError } from "./model";
import { networkFirewall } from "./network-firewall";
import { Rate } from "./rate";
import { findJson, findRest, Found } from "./requests";
import { resolver } from "./resolver";
import { securityHub } from "./security-hub";
import { Call, Service, ServiceError } from "./service";
import { Store } from "./store";

export const HEALTH_PATH = "/_services/health";
const SERVICES = [guardDuty, resolver, networkFirewall, securityHub] as unknown as Service<object>[];
const MAX_BODY = 32 * 1024 * 1024;
const READS = /^(Get|List|Describe)/;

export interface ServicesOptions {
    /** MiniStack: where list files are, and who knows the access keys. Asked for at each use. */
    readonly awsEndpoint: () => string;
    /** @default any free one */
    readonly port?: number;
    /** Where state is kept. @default nowhere */
    readonly folder?: string;
    /** Calls a second of an account and region to a service. @default no bound */
    readonly callsPerSecond?: number;
    /** Milliseconds that AWS takes to activate, import or update. @default 500 */
    readonly settle?: number;
}

export interface Services {
    readonly url: string;
    close(): Promise<void>;
}

/**
 * GuardDuty's lists, Route 53 Resolver DNS Firewall, Network Firewall's rule groups and Security Hub's findings, as far
 * as this project uses them. IAM is not enforced.
 */
export async function startServices(options: ServicesOptions): Promise<Services> {
    const standIn = new StandIn(options);
    const server = createServer((request, response) => void standIn.answer(request, response));
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: async () => {
            await closed(server);
            standIn.store.flush();
        },
    };
}

function closed(server: Server): Promise<void> {
    return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
    });
}

class StandIn {
    readonly store: Store;
    private readonly accounts: Accounts;
    private readonly rate: Rate;

    constructor(private readonly options: ServicesOptions) {
        this.store = new Store(options.folder);
        this.accounts = new Accounts(options.awsEndpoint);
        this.rate = new Rate(options.callsPerSecond);
    }

    async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        if (request.url === HEALTH_PATH) {
            response.end("{}");
            return;
        }
        response.setHeader("x-amzn-requestid", randomUUID());
        let rest = true;
        try {
            const body = await bodyOf(request);
            const { accessKey, region, signingName } = scopeOf(request.headers);
            const service = SERVICES.find((each) => each.signingName === signingName);
            if (!service) {
                throw unknownOperation(`service ${signingName}`);
            }
            rest = service.rest;
            const found = service.rest
                ? findRest(service, request.method ?? "", request.url ?? "", body)
                : findJson(service, String(request.headers["x-amz-target"]), body);
            if (!found) {
                const what = service.rest
                    ? `${request.method} ${request.url}`
                    : request.headers["x-amz-target"];
                throw unknownOperation(`${signingName}: ${String(what)}`);
            }
            const account = await this.accounts.of({ accessKey, region, signingName });
            const output = await this.call(service, found, account, region);
            const status = found.operation.http?.[2] ?? 200;
            send(response, service.rest, status, status === 204 ? undefined : output);
        } catch (error) {
            fail(response, rest, error as Error);
        }
    }

    private async call(service: Service<object>, found: Found, account: string, region: string) {
        const { name, input, output } = found.operation;
        const at = `${service.signingName}-${account}-${region}`;
        if (!this.rate.allows(at)) {
            throw new ServiceError("ThrottlingException", "Rate exceeded", 429);
        }
        const handler = service.handlers[name];
        if (!handler) {
            throw unknownOperation(`${service.signingName}: ${name}`);
        }
        const { rest, unchecked, invalid } = service;
        const request = refusing(invalid, () => decode(input, found.input, { rest, unchecked }));
        const call: Call<object> = {
            account,
            region,
            state: this.store.get(at, service.initial),
            lists: listReader(this.options.awsEndpoint(), account, region),
            doneAt: () => Date.now() + (this.options.settle ?? 500),
        };
        const answer = await handler(call, request as never);
        if (!READS.test(name)) {
            this.store.touch(at);
        }
        return encode(output, answer, { rest });
    }
}

function unknownOperation(what: string): ServiceError {
    return new ServiceError("UnknownOperationException", `${what} is not in the local cloud`, 404);
}

function refusing<T>(invalid: string, check: () => T): T {
    try {
        return check();
    } catch (error) {
        throw error instanceof ModelError ? new ServiceError(invalid, error.message) : error;
    }
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > MAX_BODY) {
            throw new ServiceError("RequestEntityTooLargeException", "the request is too large", 413);
        }
        chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString();
    try {
        return text === "" ? {} : (JSON.parse(text) as Json);
    } catch {
        throw new ServiceError("SerializationException", "the request is no JSON");
    }
}

function send(response: ServerResponse, rest: boolean, status: number, body: unknown): void {
    response.statusCode = status;
    response.setHeader("content-type", rest ? "application/json" : "application/x-amz-json-1.1");
    response.end(body === undefined ? undefined : JSON.stringify(body));
}

function fail(response: ServerResponse, rest: boolean, error: Error): void {
    const known = error instanceof ServiceError;
    if (!known) {
        // A fault of the stand-in: the log has where.
        console.error(error.stack);
    }
    const name = known ? error.name : "InternalServerErrorException";
    response.setHeader("x-amzn-errortype", name);
    const { message } = error;
    send(response, rest, known ? error.status : 500, { __type: name, message, Message: message });
}
