import {
    DescribeInstancesCommand,
    DescribeNetworkInterfacesCommand,
    EC2Client,
    Instance as Ec2Instance,
    NetworkInterface,
} from "@aws-sdk/client-ec2";
import { messageOf, warnLine } from "../handlers/settings";
import { formatIPv6, parseIPv4, parseIPv6, Words } from "../indicators/address";
import { AddressEnricher } from "./enricher";
import { membersOf } from "./known";

export interface NetworkInterfacesOptions {
    /** Client of the account and region whose logs are read. */
    readonly client: Pick<EC2Client, "send">;
    /** The client's region, written as `cloud.region`. */
    readonly region?: string;
    /** Milliseconds that a reading holds. @default 300000 */
    readonly interval?: number;
    /** Milliseconds until a failed reading is tried again. @default 30000 */
    readonly retryAfter?: number;
    /** Milliseconds that a reading may take, and so the longest that a batch waits. @default 10000 */
    readonly timeout?: number;
    /** Clock in epoch milliseconds, for tests. */
    readonly now?: () => number;
}

/** The most that both actions allow. */
const PAGE_SIZE = 1000;
/** Bounds time and memory: 100,000 interfaces, some 40 MB. */
const MAX_PAGES = 100;

interface Instance {
    readonly id: string;
    name?: string;
}

/** What is kept of an interface: the whole answer would be some kilobytes each. */
interface Described {
    readonly addresses: readonly string[];
    readonly instance: Instance | undefined;
    /** Members, which hold the instance too. */
    readonly facts: Readonly<Record<string, unknown>>;
}

/** Members by address; "" for an address that is not unique. */
interface AddressMap {
    readonly ipv4: Map<number, string>;
    readonly ipv6: Map<string, string>;
}

/**
 * Says which instance, interface, VPC, subnet and account an address of one's own belongs to: `cloud`, `interface`, `vpc`
 * and `subnet` of the endpoint. Reads all interfaces of one account and region at once, at most once an interval, so it
 * is right only for logs of that account and region.
 *
 * VPCs may use the same private addresses, and a record does not say which VPC an endpoint lies in: an address that two
 * interfaces have is left out, since a wrong instance misleads more than none.
 *
 * Needs `ec2:DescribeNetworkInterfaces` and `ec2:DescribeInstances`; neither knows resources, so their resource is "*".
 */
export class NetworkInterfaces implements AddressEnricher {
    readonly name = "network-interfaces";
    private readonly client: Pick<EC2Client, "send">;
    private readonly region: string | undefined;
    private readonly interval: number;
    private readonly retryAfter: number;
    private readonly timeout: number;
    private readonly now: () => number;
    private known: AddressMap = { ipv4: new Map(), ipv6: new Map() };
    private nextReading = 0;
    private reading: Promise<void> | undefined;

    constructor(options: NetworkInterfacesOptions) {
        this.client = options.client;
        this.region = options.region;
        this.interval = options.interval ?? 300_000;
        this.retryAfter = options.retryAfter ?? 30_000;
        this.timeout = options.timeout ?? 10_000;
        this.now = options.now ?? Date.now;
    }

    /** Reads the interfaces when the last reading is too old. Never rejects: what was known before still holds. */
    async prepare(): Promise<boolean> {
        const before = this.known;
        if (this.now() >= this.nextReading) {
            this.reading ??= this.read().finally(() => {
                this.reading = undefined;
            });
        }
        await this.reading;
        return this.known !== before;
    }

    ipv4(address: number): string {
        return this.known.ipv4.get(address) ?? "";
    }

    ipv6(address: Words): string {
        return this.known.ipv6.size === 0 ? "" : (this.known.ipv6.get(formatIPv6(address)) ?? "");
    }

    private async read(): Promise<void> {
        try {
            const abortSignal = AbortSignal.timeout(this.timeout);
            const interfaces = await this.interfaces(abortSignal);
            const instances = interfaces.flatMap(({ instance }) => instance ?? []);
            if (instances.length > 0) {
                const names = await this.instanceNames(abortSignal);
                instances.forEach((instance) => (instance.name = names.get(instance.id)));
            }
            this.known = addressMap(interfaces);
            this.nextReading = this.now() + this.interval;
        } catch (error) {
            this.nextReading = this.now() + this.retryAfter;
            const seconds = this.retryAfter / 1000;
            warnLine({ event: "network-interfaces-unread", retryAfter: seconds, reason: messageOf(error) });
        }
    }

    private interfaces(abortSignal: AbortSignal): Promise<Described[]> {
        return allPages(async (NextToken) => {
            const command = new DescribeNetworkInterfacesCommand({ MaxResults: PAGE_SIZE, NextToken });
            const page = await this.client.send(command, { abortSignal });
            return [
                (page.NetworkInterfaces ?? []).map((one) => describedOf(one, this.region)),
                page.NextToken,
            ];
        });
    }

    private async instanceNames(abortSignal: AbortSignal): Promise<Map<string, string>> {
        const named = await allPages(async (NextToken) => {
            const command = new DescribeInstancesCommand({ MaxResults: PAGE_SIZE, NextToken });
            const page = await this.client.send(command, { abortSignal });
            const instances = (page.Reservations ?? []).flatMap(({ Instances }) => Instances ?? []);
            return [instances.flatMap(nameOf), page.NextToken];
        });
        return new Map(named);
    }
}

function nameOf({ InstanceId, Tags }: Ec2Instance): (readonly [string, string])[] {
    const name = Tags?.find(({ Key }) => Key === "Name")?.Value;
    return InstanceId && name ? [[InstanceId, name]] : [];
}

async function allPages<T>(
    ask: (token: string | undefined) => Promise<readonly [readonly T[], string | undefined]>,
): Promise<T[]> {
    const all: T[] = [];
    let token: string | undefined;
    for (let page = 0; page === 0 || token; page++) {
        if (page === MAX_PAGES) {
            throw new Error(`more than ${MAX_PAGES} pages of ${PAGE_SIZE}`);
        }
        const [items, next] = await ask(token);
        all.push(...items);
        token = next;
    }
    return all;
}

function addressMap(interfaces: readonly Described[]): AddressMap {
    const map = { ipv4: new Map<number, string>(), ipv6: new Map<string, string>() };
    for (const { addresses, facts } of interfaces) {
        const members = membersOf(facts);
        for (const address of addresses) {
            const ipv4 = parseIPv4(address);
            const ipv6 = ipv4 < 0 ? parseIPv6(address) : undefined;
            if (ipv4 >= 0) {
                add(map.ipv4, ipv4, members);
            } else if (ipv6 !== undefined) {
                add(map.ipv6, formatIPv6(ipv6), members);
            }
        }
    }
    return map;
}

/** Members hold the interface's id, so others mean another interface. */
function add<Address>(map: Map<Address, string>, address: Address, members: string): void {
    const present = map.get(address);
    map.set(address, present === undefined || present === members ? members : "");
}

function addressesOf(one: NetworkInterface): string[] {
    const addresses = (one.PrivateIpAddresses ?? []).flatMap((own) => [
        own.PrivateIpAddress,
        own.Association?.PublicIp,
    ]);
    addresses.push(one.PrivateIpAddress, one.Association?.PublicIp);
    addresses.push(...(one.Ipv6Addresses ?? []).map(({ Ipv6Address }) => Ipv6Address));
    return addresses.filter((address) => address !== undefined);
}

/** Descriptions are what users wrote. Empty texts are left out. */
function describedOf(one: NetworkInterface, region: string | undefined): Described {
    const { NetworkInterfaceId: id, InterfaceType: type, Description } = one;
    const instance = idOf(one.Attachment?.InstanceId);
    const cloud = { account: idOf(one.OwnerId), region, availability_zone: one.AvailabilityZone, instance };
    const facts = {
        cloud,
        interface: { id, type, description: Description || undefined },
        vpc: idOf(one.VpcId),
        subnet: idOf(one.SubnetId),
    };
    return { addresses: addressesOf(one), instance, facts };
}

function idOf(id: string | undefined): { readonly id: string } | undefined {
    return id ? { id } : undefined;
}
