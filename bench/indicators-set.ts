import { formatIPv4 } from "../functions/indicators/address";
import { IndicatorMatch } from "../functions/indicators/indicator";
import { Random } from "../local/traffic/random";

/** Indicators of each kind, as many as are wished for at the least. */
export const SIZES = { ipv4: 1_000_000, cidr: 100_000, domain: 1_000_000 };

const WORDS =
    "account alert apple bank billing cdn center chat check client cloud confirm crypto customer data delivery docs drive " +
    "express file flash free gift global help home id invoice live login mail market media mobile my net news office " +
    "online order pay player portal post prime promo secure service shop sign sms store stream support sync team track " +
    "update user verify video wallet web win world zone";
const TLDS =
    "com com com com net org info ru cn xyz top online site club shop br de in io co.uk com.br duckdns.org";
const words = WORDS.split(" ");
const tlds = TLDS.split(" ");
/** Of four places in base 36. */
const CODES = 36 ** 4;

/** Another public address for each index, scattered over all networks. */
export function ipv4At(index: number): number {
    const address = Math.imul(index, 0x9e3779b1) >>> 0;
    const first = 1 + ((address >>> 24) % 223);
    return ((first << 24) | (address & 0xffffff)) >>> 0;
}

/** @returns the first address of another network for each index, and its width */
function networkAt(index: number): readonly [number, number] {
    return [((Math.imul(index, 0x9e3779b1) & 0xffffff) << 8) >>> 0, 24 + (index % 6)];
}

/** Another name for each index below 1,679,616: of some 18 bytes, as those of phishing and malware feeds are. */
export function domainAt(index: number): string {
    const random = new Random(index);
    const code = ((index * 48_271) % CODES).toString(36).padStart(4, "0");
    const sub = random.chance(0.15) ? `${random.pick(words)}.` : "";
    const second = random.chance(0.35) ? `-${random.pick(words)}` : "";
    return `${sub}${random.pick(words)}${second}${code}.${random.pick(tlds)}`;
}

/** Times of three months and of eight days, a few hundred combinations of twenty feeds. */
function factsAt(index: number): Omit<IndicatorMatch, "type" | "value"> {
    const random = new Random(~index);
    const feed = random.below(20);
    const feeds = [...new Set([feed, ...(random.chance(0.2) ? [random.below(20)] : [])])];
    const hour = 3_600_000;
    return {
        feeds: feeds.map((number) => `feed-${String(number).padStart(2, "0")}`).sort(),
        firstSeen: new Date(1_787_000_000_000 + random.below(90 * 24) * hour).toISOString(),
        lastSeen: new Date(1_795_000_000_000 + random.below(8 * 6) * 4 * hour + feed * 60_000).toISOString(),
        confidence: 30 + (feed % 8) * 10,
    };
}

/** All indicators one after the other, the same on every machine. */
export function* indicatorSet(): Generator<IndicatorMatch> {
    for (let i = 0; i < SIZES.ipv4; i++) {
        yield { type: "ipv4", value: formatIPv4(ipv4At(i)), ...factsAt(i) };
    }
    for (let i = 0; i < SIZES.cidr; i++) {
        const [first, prefix] = networkAt(i);
        yield { type: "cidr", value: `${formatIPv4(first)}/${prefix}`, ...factsAt(i) };
    }
    for (let i = 0; i < SIZES.domain; i++) {
        yield { type: "domain", value: domainAt(i), ...factsAt(i) };
    }
}
