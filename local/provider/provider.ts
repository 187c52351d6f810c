import { check as checkInputs, resourceType } from "./check";
import type { CheckFailure } from "@pulumi/pulumi/provider";
import { Context, readSettings } from "./context";
import { noteDeclared } from "./declared";
import { diff as compare, type Difference } from "./diff";
import { invoke } from "./invokes";
import { equal, plain, tagMap, type Props } from "./properties";
import type { ResourceEntry } from "./resource";
import { findEntry } from "./resources";

/** Marks an error with the resource and the service's own error name. */
function explain(urn: string, error: unknown): Error {
    const { name, message } = error as Error;
    const text = name && name !== "Error" && !message?.startsWith(name) ? `${name}: ${message}` : message;
    return new Error(`${resourceType(urn)}: ${text}`);
}

/** `aws:*` resources as calls on an emulator. One process serves one stack: one account, one region. */
export class AwsProvider {
    readonly version = "7.48.0";
    private context: Context | undefined;
    private configured = "";

    private get ctx(): Context {
        if (!this.context) {
            throw new Error("the aws provider is not configured yet");
        }
        return this.context;
    }

    async configure(config: Props): Promise<void> {
        const settings = readSettings(plain(config) as Props);
        const identity = JSON.stringify([settings.region, settings.credentials, settings.assumeRoles]);
        if (this.configured !== "" && this.configured !== identity) {
            throw new Error(
                "the local aws provider serves one account and region a stack; a second, different aws.Provider " +
                    `(${settings.region}, ${settings.assumeRoles.map((role) => role.roleArn).join(" > ") || "no role"}) ` +
                    "is not supported by the local cloud",
            );
        }
        this.configured = identity;
        this.context = await Context.connect(settings);
    }

    async check(urn: string, olds: Props, news: Props): Promise<{ inputs: Props; failures: CheckFailure[] }> {
        return checkInputs(
            await findEntry(resourceType(urn)),
            urn,
            plain(olds) as Props,
            plain(news) as Props,
        );
    }

    async diff(urn: string, olds: Props, oldInputs: Props, news: Props): Promise<Difference> {
        return compare(await this.entry(urn), plain(oldInputs) as Props, plain(news) as Props, {
            oldRegion: olds.region,
            region: this.context?.region,
        });
    }

    async create(urn: string, raw: Props): Promise<{ id: string; outs: Props }> {
        const entry = await this.entry(urn);
        const inputs = plain(raw) as Props;
        const ctx = this.ctx.at(inputs.region);
        try {
            const tagged = this.withDefaultTags(entry, inputs);
            const { id, outs } = await entry.create(ctx, tagged);
            noteDeclared(entry, inputs);
            return { id, outs: this.state(entry, ctx, inputs, outs) };
        } catch (error) {
            throw explain(urn, error);
        }
    }

    async read(
        urn: string,
        id: string,
        rawState: Props,
        rawInputs: Props,
    ): Promise<{ id: string; props: Props; inputs: Props } | undefined> {
        const entry = await this.entry(urn);
        const state = plain(rawState) as Props;
        const ctx = this.ctx.at(state.region);
        try {
            const observed = await entry.read(ctx, id, state);
            if (!observed) {
                return undefined;
            }
            const inputs = { ...(plain(rawInputs) as Props), ...observed.inputs };
            const props = { ...state, ...observed.inputs, ...observed.outs };
            return { id, props: entry.global ? props : { ...props, region: ctx.region }, inputs };
        } catch (error) {
            throw explain(urn, error);
        }
    }

    async update(
        urn: string,
        id: string,
        rawOlds: Props,
        rawOldInputs: Props,
        rawNews: Props,
    ): Promise<Props> {
        const entry = await this.entry(urn);
        const [olds, oldInputs, inputs] = [rawOlds, rawOldInputs, rawNews].map(
            (props) => plain(props) as Props,
        );
        const ctx = this.ctx.at(inputs.region);
        try {
            const news = this.withDefaultTags(entry, inputs);
            const changed = new Set(compare(entry, oldInputs, inputs).changed);
            if (!equal(tagMap(olds, "tagsAll"), tagMap(news))) {
                changed.add("tags");
            }
            const outs = (await entry.update?.(ctx, { id, olds, oldInputs, news, changed })) ?? {};
            noteDeclared(entry, inputs);
            const accepted = new Set(Object.keys(oldInputs));
            const computed = Object.fromEntries(Object.entries(olds).filter(([key]) => !accepted.has(key)));
            return this.state(entry, ctx, inputs, { ...computed, tagsAll: undefined, ...outs });
        } catch (error) {
            throw explain(urn, error);
        }
    }

    async delete(urn: string, id: string, rawState: Props): Promise<void> {
        const entry = await this.entry(urn);
        const state = plain(rawState) as Props;
        try {
            await entry.delete(this.ctx.at(state.region), id, state);
        } catch (error) {
            throw explain(urn, error);
        }
    }

    async invoke(token: string, args: Props): Promise<Props> {
        return invoke(this.ctx, token, plain(args) as Props);
    }

    private async entry(urn: string): Promise<ResourceEntry> {
        const type = resourceType(urn);
        const entry = await findEntry(type);
        if (!entry) {
            throw new Error(`${type} is not supported by the local cloud`);
        }
        return entry;
    }

    private withDefaultTags(entry: ResourceEntry, inputs: Props): Props {
        return entry.tagged
            ? { ...inputs, tags: { ...this.ctx.settings.defaultTags, ...tagMap(inputs) } }
            : inputs;
    }

    /** State: inputs, then what the resource reports, without what is undefined. */
    private state(entry: ResourceEntry, ctx: Context, inputs: Props, outs: Props): Props {
        const all: Props = {
            ...outs,
            ...inputs,
            ...Object.fromEntries(Object.entries(outs).filter(([key]) => inputs[key] === undefined)),
            ...(entry.global ? {} : { region: ctx.region }),
            ...(entry.tagged ? { tagsAll: tagMap(this.withDefaultTags(entry, inputs)) } : {}),
        };
        return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    }
}
