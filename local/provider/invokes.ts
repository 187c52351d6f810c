import type { Context } from "./context";
import type { Props } from "./properties";

type Invoke = (ctx: Context, args: Props) => Promise<Props>;

/** Zones as AWS names them; every emulated region has three. */
export const zones = (region: string): string[] => ["a", "b", "c"].map((letter) => `${region}${letter}`);

const INVOKES: Record<string, Invoke> = {
    async getCallerIdentity(ctx) {
        const { accountId, arn, userId } = await ctx.identity();
        return { id: accountId, accountId, arn, userId };
    },
    async getRegion(ctx, args) {
        const region = String(args.region ?? args.name ?? ctx.region);
        return {
            id: region,
            name: region,
            region,
            description: region,
            endpoint: `ec2.${region}.amazonaws.com`,
        };
    },
    async getPartition() {
        return { id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
    },
    async getAvailabilityZones(ctx, args) {
        const region = String(args.region ?? ctx.region);
        const names = zones(region);
        return {
            id: region,
            region,
            names,
            zoneIds: names.map((_, index) => `${region.replace(/[^a-z0-9]/g, "")}-az${index + 1}`),
            groupNames: [region],
            state: args.state,
        };
    },
};

/** Functions of the AWS provider. */
export async function invoke(ctx: Context, token: string, args: Props): Promise<Props> {
    const name = /^aws:index\/(\w+):\1$/.exec(token)?.[1] ?? "";
    const call = INVOKES[name];
    if (!call) {
        throw new Error(`${token} is not supported by the local cloud`);
    }
    return call(ctx, args);
}
