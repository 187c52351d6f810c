import type { Context } from "./context";
import type { Props } from "./properties";

/** Where the name comes from when the program gives none. */
export interface AutoName {
    property: string;
    prefixProperty?: string;
    maxLength?: number;
    lowerCase?: boolean;
    suffix?(inputs: Props): string;
}

/** What `create` hands back: the inputs are added to `outs` by the provider. */
export interface Created {
    id: string;
    outs: Props;
}

export interface UpdateArgs {
    id: string;
    /** State before the update. */
    olds: Props;
    /** Inputs before the update. */
    oldInputs: Props;
    /** New inputs; `tags` includes the provider's default tags. */
    news: Props;
    /** Names of the inputs that differ. */
    changed: ReadonlySet<string>;
}

/** What is really there: outputs, and inputs that differ from those in the state. */
export interface Observed {
    outs: Props;
    inputs?: Props;
}

/** One resource type of the AWS provider. */
export interface ResourceEntry {
    type: string;
    /** Accepted inputs (`region` and, with `tagged`, `tags` are added). */
    properties: readonly string[];
    /** Kept in state and never sent: the emulator has no such thing. */
    declaredOnly?: readonly string[];
    /** A change of one of these replaces the resource. */
    replaceOn: readonly string[];
    autoName?: AutoName;
    tagged?: boolean;
    /** No region (IAM). */
    global?: boolean;
    deleteBeforeReplace?: boolean;
    create(ctx: Context, inputs: Props): Promise<Created>;
    update?(ctx: Context, args: UpdateArgs): Promise<Props | void>;
    read(ctx: Context, id: string, state: Props): Promise<Observed | undefined>;
    delete(ctx: Context, id: string, state: Props): Promise<void>;
}

/** Every input property the type accepts. */
export function acceptedProperties(entry: ResourceEntry): string[] {
    return [
        ...entry.properties,
        ...(entry.declaredOnly ?? []),
        ...(entry.tagged ? ["tags"] : []),
        ...(entry.global ? [] : ["region"]),
    ];
}
