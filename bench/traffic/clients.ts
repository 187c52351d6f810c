import { Random } from "../../local/traffic/random";

/** Gives the client's address of record after record. */
export type Clients = () => string;

const CLIENTS = 20_000;
/** Exponent of the Zipf distribution: the busiest client makes 3 % of the records, the tenth 0.5 %. */
const ZIPF = 0.8;
export const INDICATORS = 1_000_000;
/** Distinct addresses that indicators are planted for: at least the records of the longest log. */
const DISTINCT = 1_000_000;

/** One client in twenty speaks IPv6. */
const isIPv6 = (index: number) => index % 20 === 7;

/** One client in fifty is an indicator, spread over all ranks so that it is one record in fifty as well. */
const isBad = (index: number) => index % 50 === 25;

function format(address: number): string {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** Another address for each index below 2^30, from 20.0.0.0 to 83.255.255.255, which is all public. */
function scatter(index: number): number {
    return 0x14000000 + (Math.imul(index, 0x9e3779b1) & 0x3fffffff);
}

function ipv6(index: number): string {
    const mixed = Math.imul(index, 0x85ebca6b) >>> 0;
    // Never zero, which would be written shorter.
    const [high, low, last] = [mixed >>> 16, mixed & 0xffff, index].map((word) =>
        ((word & 0xffff) | 1).toString(16),
    );
    return `2${index % 3 === 0 ? "600:1f18" : "a02:8071"}:${high}:${low}::${last}`;
}

/** Clients of the Zipf logs have the indexes behind those of the logs whose clients are all distinct. */
const clientAt = (index: number) => (isIPv6(index) ? ipv6(index) : format(scatter(index)));

/** 20,000 clients, the few busiest of which make most of the records. */
export function zipfClients(random: Random): Clients {
    const addresses = Array.from({ length: CLIENTS }, (_, index) => clientAt(DISTINCT + index));
    const shares = new Float64Array(CLIENTS);
    let total = 0;
    for (let rank = 0; rank < CLIENTS; rank++) {
        total += (rank + 1) ** -ZIPF;
        shares[rank] = total;
    }
    return () => {
        const wanted = random.next() * total;
        let low = 0;
        let high = CLIENTS - 1;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if (shares[middle] <= wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return addresses[low];
    };
}

/** Never the same client twice, as in a scan from everywhere. */
export function distinctClients(): Clients {
    let index = 0;
    return () => clientAt(index++);
}

/** 1,000,000 IPv4 addresses as numbers, sorted, which some 2 % of the records of every log show. */
export function indicatorAddresses(): Uint32Array {
    const addresses = new Set<number>();
    for (let index = 0; index < DISTINCT + CLIENTS; index++) {
        if (isBad(index) && !isIPv6(index)) {
            addresses.add(scatter(index));
        }
    }
    const random = new Random(11);
    while (addresses.size < INDICATORS) {
        addresses.add(Math.floor((1 + random.below(222)) * 0x1000000 + random.next() * 0x1000000));
    }
    return Uint32Array.from(addresses).sort();
}
