import { Fields } from "../bytes/fields";
import { digits, equals } from "../bytes/span";
import { Key, key } from "../documents/writer";

/** All fields in the order in which versions 2 to 11 introduced them; the first 14 are the default format. */
const BY_VERSION =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status " +
    "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id " +
    "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path ecs-cluster-arn ecs-cluster-name " +
    "ecs-container-instance-arn ecs-container-instance-id ecs-container-id ecs-second-container-id ecs-service-name " +
    "ecs-task-definition-arn ecs-task-arn ecs-task-id reject-reason resource-id encryption-status instance-tag " +
    "instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2 interface-type next-hop-interface-id " +
    "next-hop-subnet-id next-hop-az-id next-hop-vpc-id next-hop-interface-type";

/** The other formats that AWS's guides show: of a NAT gateway, of TCP flags, and of a transit gateway. */
const DOCUMENTED = [
    "instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr",
    "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport protocol tcp-flags type " +
        "pkt-srcaddr pkt-dstaddr action log-status",
    "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr " +
        "pkt-dstaddr protocol bytes packets start end action tcp-flags log-status",
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id " +
        "tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id " +
        "tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end " +
        "log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded " +
        "packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service",
];

const KNOWN = [
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "instance-id",
    "tcp-flags",
    "pkt-srcaddr",
    "pkt-dstaddr",
    "region",
    "flow-direction",
    "sublocation-type",
    "sublocation-id",
    "az-id",
    "reject-reason",
    "ecs-cluster-arn",
    "ecs-cluster-name",
    "ecs-container-instance-arn",
    "ecs-container-instance-id",
    "ecs-service-name",
] as const;
export type KnownField = (typeof KNOWN)[number];

/** Fields that are wholly told by ECS fields; all others also lie under `aws.vpcflow`. */
const MAPPED = new Set<string>([
    ...["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "packets", "bytes", "start", "end", "region"],
    ...["sublocation-type", "sublocation-id", "az-id", "flow-direction", "reject-reason", "ecs-cluster-arn"],
    ...["ecs-cluster-name", "ecs-container-instance-arn", "ecs-container-instance-id", "ecs-service-name"],
]);

/** Where Elastic's name is not simply the field's. */
const NAMES = new Map([
    ["pkt-src-aws-service", "pkt_src_service"],
    ["pkt-dst-aws-service", "pkt_dst_service"],
]);

/** Greatest value of a field that is a number. */
const LIMITS = new Map([
    ["version", 99],
    ["srcport", 65535],
    ["dstport", 65535],
    ["protocol", 255],
    ["packets", Number.MAX_SAFE_INTEGER],
    ["bytes", Number.MAX_SAFE_INTEGER],
    ["start", Number.MAX_SAFE_INTEGER],
    ["end", Number.MAX_SAFE_INTEGER],
    ["tcp-flags", 255],
    ["traffic-path", 99],
]);

/** The only values of a field. */
const WORDS = new Map([
    ["action", ["ACCEPT", "REJECT"]],
    ["log-status", ["OK", "NODATA", "SKIPDATA"]],
]);

/** Where each field of a format stands; -1 for a field that the format lacks. */
export interface Layout {
    readonly names: readonly string[];
    readonly at: Readonly<Record<KnownField, number>>;
    /** What has no ECS field, under `aws.vpcflow`. */
    readonly own: readonly { readonly index: number; readonly name: Key }[];
    /** True when some fields tell of the container or the place of a flow. */
    readonly hasPlaces: boolean;
    /**
     * Checks all values but the addresses. @param numbers takes the values that are numbers, -1 where one is missing
     * @returns the name of a field that has a value it cannot have
     */
    check(fields: Fields, numbers: Float64Array): string | undefined;
}

/** @returns the field names, or undefined when the text is no list of field names */
export function parseFormat(text: string): string[] | undefined {
    const names = text.trim().split(/\s+/);
    return names.every((name) => /^[a-z][a-z0-9-]*$/.test(name)) && new Set(names).size === names.length
        ? names
        : undefined;
}

/**
 * The well-known format with so many fields, for logs that come without a header line and whose format nobody has told:
 * all fields up to some version, or one of those that AWS's guides show. Where both have as many, the account tells.
 */
export function wellKnownLayout(fields: Fields): Layout | undefined {
    const layouts = wellKnownLayouts(fields.count);
    for (let i = 0; i < layouts.length - 1; i++) {
        if (hasAccount(fields, layouts[i])) {
            return layouts[i];
        }
    }
    return layouts[layouts.length - 1];
}

const guesses = new Map<number, readonly Layout[]>();

function wellKnownLayouts(count: number): readonly Layout[] {
    let layouts = guesses.get(count);
    if (!layouts) {
        const documented = DOCUMENTED.map((format) => format.split(" "));
        const all = VERSION_ENDS.includes(count) ? [BY_VERSION.split(" ").slice(0, count)] : [];
        layouts = [...documented.filter(({ length }) => length === count), ...all].map(layoutOf);
        if (layouts.length > 0) {
            guesses.set(count, layouts);
        }
    }
    return layouts;
}

/** An account has 12 digits; some interfaces of AWS's own services have none. */
function hasAccount(fields: Fields, { at }: Layout): boolean {
    const account = at["account-id"];
    const start = fields.starts[account];
    const end = fields.ends[account];
    return (
        (end - start === 12 && digits(fields.bytes, start, end) >= 0) ||
        equals(fields.bytes, start, end, "unknown")
    );
}

/** How many fields the versions 2, 3, 4, 5, 7, 8, 9, 10 and 11 have in all. */
const VERSION_ENDS: readonly number[] = [14, 21, 25, 29, 39, 40, 41, 42, 54];

export function layoutOf(names: readonly string[]): Layout {
    const limits = new Float64Array(names.map((name) => LIMITS.get(name) ?? -1));
    const words = names.map((name) => WORDS.get(name));
    return {
        names,
        hasPlaces: names.some(
            (name) => name.startsWith("ecs-") || name === "az-id" || name === "instance-id",
        ),
        at: Object.fromEntries(KNOWN.map((name) => [name, names.indexOf(name)])) as Record<
            KnownField,
            number
        >,
        own: names
            .map((name, index) => ({
                field: name,
                index,
                name: key(NAMES.get(name) ?? name.replace(/-/g, "_")),
            }))
            .filter(({ field }) => !MAPPED.has(field)),
        check(fields, numbers) {
            const { bytes, starts, ends } = fields;
            for (let i = 0; i < names.length; i++) {
                const start = starts[i];
                numbers[i] = -1;
                if (start < 0) {
                    continue;
                }
                const end = ends[i];
                if (limits[i] >= 0) {
                    const number = digits(bytes, start, end);
                    if (number < 0 || number > limits[i]) {
                        return names[i];
                    }
                    numbers[i] = number;
                } else if (end === start || !isOneOf(words[i], bytes, start, end)) {
                    return names[i];
                }
            }
            return undefined;
        },
    };
}

function isOneOf(
    words: readonly string[] | undefined,
    bytes: Uint8Array,
    start: number,
    end: number,
): boolean {
    if (words === undefined) {
        return true;
    }
    for (const word of words) {
        if (equals(bytes, start, end, word)) {
            return true;
        }
    }
    return false;
}
