import { Random } from "./random";

export interface FlowTraffic {
    readonly random: Random;
    readonly accountId: string;
    readonly count: number;
    /** Time of the last record, Unix milliseconds; records lie in the 5 minutes before. */
    readonly until: number;
    /** Addresses of which one record in twenty has one as peer. */
    readonly bad: readonly string[];
    /** Lines that are not valid. */
    readonly broken: number;
}

/** Lines of a VPC flow log in the default format (version 2), some without data, some broken on purpose. */
export function flowLines(traffic: FlowTraffic): string[] {
    const { random, count } = traffic;
    const lines = Array.from({ length: count }, () => flowRecord(traffic));
    for (let index = 0; index < traffic.broken; index++) {
        const at = random.below(lines.length);
        lines[at] = index % 2 === 0 ? lines[at].split(" ").slice(0, 9).join(" ") : "2 - garbage";
    }
    return lines;
}

function flowRecord(traffic: FlowTraffic): string {
    const { random, accountId, bad } = traffic;
    const end = Math.floor((traffic.until - random.below(300_000)) / 1000);
    const start = end - 60;
    const networkInterface = `eni-${(0x1000 + random.below(40)).toString(16).padStart(17, "0")}`;
    if (random.chance(0.02)) {
        const status = random.chance(0.9) ? "NODATA" : "SKIPDATA";
        return `2 ${accountId} ${networkInterface} - - - - - - - ${start} ${end} - ${status}`;
    }
    const inside = `10.0.${random.below(16)}.${1 + random.below(254)}`;
    const peer = bad.length > 0 && random.chance(0.05) ? random.pick(bad) : random.ipv4();
    const inbound = random.chance(0.5);
    const [source, destination] = inbound ? [peer, inside] : [inside, peer];
    const [sourcePort, destinationPort] = inbound
        ? [1024 + random.below(64_000), random.pick([22, 80, 443, 3389])]
        : [1024 + random.below(64_000), 443];
    const packets = 1 + random.below(200);
    const action = inbound && random.chance(0.3) ? "REJECT" : "ACCEPT";
    return `2 ${accountId} ${networkInterface} ${source} ${destination} ${sourcePort} ${destinationPort} 6 ${packets} ${packets * (60 + random.below(1400))} ${start} ${end} ${action} OK`;
}
