import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticOperationSchema } from "@smithy/types";

export type Json = Record<string, unknown>;

/** An operation as the SDK's model describes it. */
export interface Operation {
    readonly name: string;
    readonly input: NormalizedSchema;
    readonly output: NormalizedSchema;
    /** REST only: method, path template, status of success. */
    readonly http?: readonly [string, string, number];
}

/** Something that its model does not allow. */
export class ModelError extends Error {
    override readonly name = "ModelError";
}

/** @returns the operations among a client package's exports, by name */
export function operationsOf(exports: object): Map<string, Operation> {
    const operations = new Map<string, Operation>();
    for (const schema of Object.values(exports) as unknown[]) {
        if (Array.isArray(schema) && schema[0] === 9) {
            const operation = operationOf(schema as unknown as StaticOperationSchema);
            operations.set(operation.name, operation);
        }
    }
    return operations;
}

export function operationOf(schema: StaticOperationSchema): Operation {
    const [, , name, traits, input, output] = schema;
    const http = typeof traits === "object" ? (traits.http as Operation["http"]) : undefined;
    return { name, http, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output) };
}

/** How a shape is read or written. */
interface Direction {
    /** Names of members on the wire: REST services have their own. */
    readonly wireName: (member: NormalizedSchema, name: string) => string;
    readonly reading: boolean;
    /** Members that are handed on as they are: their handler checks them itself. */
    readonly unchecked: ReadonlySet<string>;
}

export interface ModelOptions {
    readonly rest: boolean;
    readonly unchecked?: readonly string[];
}

const jsonName = (member: NormalizedSchema, name: string): string =>
    (member.getMergedTraits().jsonName as string | undefined) ?? name;
const sameName = (_: NormalizedSchema, name: string): string => name;

/** JSON of the wire as the SDK's types have it. @throws ModelError that names the member */
export function decode(schema: NormalizedSchema, value: unknown, options: ModelOptions): unknown {
    return convert(schema, value, "", direction(options, true));
}

/** An answer as JSON of the wire. @throws ModelError when the answer is not what the SDK expects */
export function encode(schema: NormalizedSchema, value: unknown, options: ModelOptions): unknown {
    return convert(schema, value, "", direction(options, false));
}

function direction({ rest, unchecked = [] }: ModelOptions, reading: boolean): Direction {
    return { wireName: rest ? jsonName : sameName, reading, unchecked: new Set(unchecked) };
}

function convert(schema: NormalizedSchema, value: unknown, path: string, how: Direction): unknown {
    if (how.unchecked.has(path)) {
        return value;
    }
    if (schema.isStructSchema()) {
        return convertStruct(schema, record(value, path), path, how);
    }
    if (schema.isListSchema()) {
        if (!Array.isArray(value)) {
            throw new ModelError(`${path} must be a list`);
        }
        const member = schema.getValueSchema();
        return value.map((entry, index) => convert(member, entry, `${path}[${index}]`, how));
    }
    if (schema.isMapSchema()) {
        const member = schema.getValueSchema();
        const entries = Object.entries(record(value, path));
        return Object.fromEntries(
            entries.map(([key, entry]) => [key, convert(member, entry, `${path}.${key}`, how)]),
        );
    }
    return convertScalar(schema, value, path, how);
}

function convertStruct(schema: NormalizedSchema, value: Json, path: string, how: Direction): Json {
    const result: Json = {};
    const rest = new Set(Object.keys(value).filter((key) => value[key] !== undefined && value[key] !== null));
    const required = Number((schema.getSchema() as readonly unknown[])[6] ?? 0);
    let index = 0;
    for (const [name, member] of schema.structIterator()) {
        const wire = how.wireName(member, name);
        const [from, to] = how.reading ? [wire, name] : [name, wire];
        const inner = path ? `${path}.${name}` : name;
        if (rest.delete(from)) {
            result[to] = convert(member, value[from], inner, how);
        } else if (index < required) {
            throw new ModelError(`${inner} is required`);
        }
        index++;
    }
    const [unknown] = rest;
    if (unknown !== undefined) {
        throw new ModelError(`${path ? `${path}.` : ""}${unknown} is not in the model`);
    }
    return result;
}

function convertScalar(schema: NormalizedSchema, value: unknown, path: string, how: Direction): unknown {
    if (schema.isTimestampSchema()) {
        const ok = how.reading ? typeof value === "number" : value instanceof Date;
        if (!ok) {
            throw new ModelError(`${path} must be a point in time`);
        }
        return how.reading ? new Date((value as number) * 1000) : (value as Date).getTime() / 1000;
    }
    const type = schema.isStringSchema()
        ? "string"
        : schema.isBooleanSchema()
          ? "boolean"
          : schema.isNumericSchema()
            ? "number"
            : undefined;
    if (type && typeof value !== type) {
        throw new ModelError(`${path} must be a ${type}`);
    }
    return value;
}

function record(value: unknown, path: string): Json {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
        throw new ModelError(`${path || "the request"} must be a structure`);
    }
    return value as Json;
}
