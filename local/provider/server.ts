import * as grpc from "@grpc/grpc-js";
import { main, type Provider } from "@pulumi/pulumi/provider";
import * as provproto from "@pulumi/pulumi/proto/provider_pb";
import * as structproto from "google-protobuf/google/protobuf/struct_pb";
import * as emptyproto from "google-protobuf/google/protobuf/empty_pb";
import type { AwsProvider } from "./provider";
import type { Props } from "./properties";

/** The SDK's own server drops Configure and the old inputs; these handlers take their place. */

type Request = Record<string, (...args: never[]) => unknown>;
type Handler = (request: Request) => Promise<unknown> | unknown;
type Callback = (error: unknown, response?: unknown) => void;
type Message = Record<string, (...args: unknown[]) => unknown>;

// The generated classes of @pulumi/pulumi have no type declarations worth using.
const proto = provproto as unknown as Record<string, new () => Message>;
const Struct = structproto.Struct;

function read(request: Request, getter: string): Props {
    const struct = request[getter]?.() as { toJavaScript(): Props } | undefined;
    return struct ? struct.toJavaScript() : {};
}

const text = (request: Request, getter: string): string => String(request[getter]?.() ?? "");
// Struct.fromJavaScript cannot take undefined.
const struct = (props: Props): unknown => Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as never);

function configuration(request: Request): Props {
    const args = read(request, "getArgs");
    if (Object.keys(args).length > 0) {
        return args;
    }
    const variables: Props = {};
    (request.getVariablesMap() as Map<string, string>).forEach((value, key) => {
        variables[key.replace(/^aws:config:/, "")] = value;
    });
    return variables;
}

function handlers(provider: AwsProvider): Record<string, Handler> {
    return {
        async configure(request) {
            await provider.configure(configuration(request));
            return new proto.ConfigureResponse();
        },
        async check(request) {
            const { inputs, failures } = await provider.check(
                text(request, "getUrn"),
                read(request, "getOlds"),
                read(request, "getNews"),
            );
            const response = new proto.CheckResponse();
            response.setInputs(struct(inputs));
            response.setFailuresList(
                failures.map(({ property, reason }) => {
                    const failure = new proto.CheckFailure();
                    failure.setProperty(property);
                    failure.setReason(reason);
                    return failure;
                }),
            );
            return response;
        },
        async diff(request) {
            const difference = await provider.diff(
                text(request, "getUrn"),
                read(request, "getOlds"),
                read(request, "getOldInputs"),
                read(request, "getNews"),
            );
            const response = new proto.DiffResponse();
            const { DIFF_SOME, DIFF_NONE } = (
                proto.DiffResponse as unknown as {
                    DiffChanges: Record<string, number>;
                }
            ).DiffChanges;
            response.setChanges(difference.changed.length > 0 ? DIFF_SOME : DIFF_NONE);
            response.setDiffsList(difference.changed);
            response.setReplacesList(difference.replaces);
            response.setDeletebeforereplace(difference.replaces.length > 0 && difference.deleteBeforeReplace);
            return response;
        },
        async create(request) {
            const { id, outs } = await provider.create(
                text(request, "getUrn"),
                read(request, "getProperties"),
            );
            const response = new proto.CreateResponse();
            response.setId(id);
            response.setProperties(struct(outs));
            return response;
        },
        async read(request) {
            const result = await provider.read(
                text(request, "getUrn"),
                text(request, "getId"),
                read(request, "getProperties"),
                read(request, "getInputs"),
            );
            const response = new proto.ReadResponse();
            response.setId(result?.id ?? "");
            if (result) {
                response.setProperties(struct(result.props));
                response.setInputs(struct(result.inputs));
            }
            return response;
        },
        async update(request) {
            const outs = await provider.update(
                text(request, "getUrn"),
                text(request, "getId"),
                read(request, "getOlds"),
                read(request, "getOldInputs"),
                read(request, "getNews"),
            );
            const response = new proto.UpdateResponse();
            response.setProperties(struct(outs));
            return response;
        },
        async delete(request) {
            await provider.delete(
                text(request, "getUrn"),
                text(request, "getId"),
                read(request, "getProperties"),
            );
            return new emptyproto.Empty();
        },
        async invoke(request) {
            const response = new proto.InvokeResponse();
            response.setReturn(
                struct(await provider.invoke(text(request, "getTok"), read(request, "getArgs"))),
            );
            return response;
        },
    };
}

function served(handler: Handler): (call: { request: Request }, callback: Callback) => void {
    return (call, callback) => {
        Promise.resolve()
            .then(() => handler(call.request))
            .then(
                (response) => callback(undefined, response),
                (error: Error) =>
                    callback({ code: grpc.status.UNKNOWN, message: error.message, details: error.message }),
            );
    };
}

/** Set for a process that has to end with the one that started it, however that ends: its standard input closes. */
export const ENDS_WITH_PARENT = "SYNTHETICSUN_PROVIDER_ENDS_WITH_PARENT";

/** Stops the process when told to; the engine only detaches. */
export function exitOnSignal(): void {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
        process.on(signal, () => process.exit(0));
    }
    if (process.env[ENDS_WITH_PARENT]) {
        process.stdin.on("close", () => process.exit(0)).resume();
    }
}

/** Serves a provider from this process and prints the port. */
export async function serve(provider: AwsProvider, args: string[]): Promise<void> {
    exitOnSignal();
    const original = grpc.Server.prototype.addService;
    grpc.Server.prototype.addService = function addService(service, implementation) {
        const replaced = implementation as Record<string, unknown>;
        for (const [name, handler] of Object.entries(handlers(provider))) {
            replaced[name] = served(handler);
        }
        return original.call(this, service, implementation);
    };
    await main({ version: provider.version } as Provider, args);
}
