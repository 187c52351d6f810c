/** How awsx.ec2.Vpc cuts a network into subnets. */

export type SubnetType = "Public" | "Private" | "Isolated";

export interface SubnetSpec {
    type: SubnetType;
    name?: string;
    cidrMask?: number;
    cidrBlocks?: string[];
    tags?: Record<string, string>;
}

export interface SubnetPlan {
    type: SubnetType;
    /** Added to the name of the network. */
    suffix: string;
    zone: string;
    cidrBlock: string;
    tags: Record<string, string>;
}

const parse = (cidr: string): { base: number; bits: number } => {
    const [address, bits] = cidr.split("/");
    const base = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return { base, bits: Number(bits) };
};

const format = (base: number, bits: number): string =>
    `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".")}/${bits}`;

/** Bits below the zone's own block: private subnets get the half, public a quarter, isolated 1/64. */
const EXTRA_BITS: Record<SubnetType, number> = { Private: 1, Public: 2, Isolated: 6 };
const ORDER: readonly SubnetType[] = ["Private", "Public", "Isolated"];

/** The default layout of awsx: one private and one public subnet in each zone. */
export const DEFAULT_SPECS: readonly SubnetSpec[] = [{ type: "Private" }, { type: "Public" }];

/** Lays out the subnets, zone by zone, without overlap. */
export function planSubnets(
    cidrBlock: string,
    zones: readonly string[],
    specs: readonly SubnetSpec[],
): SubnetPlan[] {
    const network = parse(cidrBlock);
    const zoneBits = network.bits + Math.ceil(Math.log2(Math.max(zones.length, 1)));
    const zoneSize = 2 ** (32 - zoneBits);
    const sorted = [...specs].sort((left, right) => ORDER.indexOf(left.type) - ORDER.indexOf(right.type));
    return zones.flatMap((zone, index) => {
        let next = network.base + index * zoneSize;
        const end = next + zoneSize;
        return sorted.map((spec) => {
            const bits =
                spec.cidrMask ?? Math.min(28, zoneBits + (sorted.length === 1 ? 0 : EXTRA_BITS[spec.type]));
            const size = 2 ** (32 - bits);
            const start = Math.ceil(next / size) * size;
            const given = spec.cidrBlocks?.[index];
            if (!given) {
                next = start + size;
                if (next > end) {
                    throw new Error(`${cidrBlock} is too small for its subnets in ${zones.length} zones`);
                }
            }
            return {
                type: spec.type,
                suffix: `${spec.name ?? spec.type.toLowerCase()}-${index + 1}`,
                zone,
                cidrBlock: given ?? format(start, bits),
                tags: spec.tags ?? {},
            };
        });
    });
}
