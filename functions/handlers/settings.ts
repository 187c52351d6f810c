/** Environment of a handler, as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** @throws Error when the variable is missing: a function without it cannot do anything useful */
export function required(env: Environment, name: string): string {
    const value = env[name];
    if (!value) {
        throw new Error(`environment variable ${name} is not set: set it on the function`);
    }
    return value;
}

/** The items of a comma-separated list, without blanks. */
export function list(env: Environment, name: string): string[] {
    return (env[name] ?? "")
        .split(",")
        .map((item) => item.trim())
        .filter(Boolean);
}

/** One line of JSON in the function's log. */
export function logLine(fields: Record<string, unknown>): void {
    console.log(JSON.stringify(fields));
}

/** One line of JSON in the function's log that asks for attention. */
export function warnLine(fields: Record<string, unknown>): void {
    console.warn(JSON.stringify(fields));
}

/** The text of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
