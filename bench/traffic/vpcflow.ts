import { Random } from "../../local/traffic/random";

/** The first line of each file, as flow logs in S3 have it. */
export const VPCFLOW_HEADER =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

/** A record of a flow log in the default format, version 2; one in fifty tells that there is no data. */
export function vpcflowLine(random: Random, client: string, time: number): string {
    const end = Math.floor(time / 1000);
    const start = end - 1 - random.below(59);
    const owner = `2 222222222222 eni-0${(0x3a1b2c3d4e50000 + random.below(60) * 977).toString(16)}`;
    if (random.chance(0.02)) {
        const status = random.chance(0.9) ? "NODATA" : "SKIPDATA";
        return `${owner} - - - - - - - ${start} ${end} - ${status}`;
    }
    const inside = client.includes(":")
        ? `2600:1f18:24a8:${(0x1a00 + random.below(4)).toString(16)}::${(1 + random.below(4000)).toString(16)}`
        : `10.0.${random.below(16)}.${1 + random.below(254)}`;
    const far = 1024 + random.below(64_000);
    const near = random.pick([443, 443, 443, 80, 22, 3389, 53]);
    const ends = random.chance(0.5)
        ? `${client} ${inside} ${far} ${near}`
        : `${inside} ${client} ${near} ${far}`;
    const packets = 1 + random.below(300);
    const protocol = near === 53 ? 17 : 6;
    const action = near === 22 || near === 3389 ? "REJECT" : "ACCEPT";
    return `${owner} ${ends} ${protocol} ${packets} ${packets * (60 + random.below(1400))} ${start} ${end} ${action} OK`;
}
