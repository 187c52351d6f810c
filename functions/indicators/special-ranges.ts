import { Range, RangeSet, rangeOf } from "./ranges";

/**
 * What is no public unicast address: IANA's special-purpose registries (RFC 6890 and its updates), multicast, and what
 * has been withdrawn from use. The first that fits is told.
 */
const SPECIAL = (
    [
        ["unspecified", "0.0.0.0/32 ::/128"],
        ["loopback", "127.0.0.0/8 ::1/128"],
        ["private", "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7"],
        ["link-local", "169.254.0.0/16 fe80::/10"],
        ["CGNAT", "100.64.0.0/10"],
        ["documentation", "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20"],
        ["multicast", "224.0.0.0/4 ff00::/8"],
        // Outside 2000::/3 nothing is routed; inside it, translation and protocol ranges stand for other addresses.
        [
            "reserved",
            "0.0.0.0/8 192.0.0.0/24 192.88.99.0/24 198.18.0.0/15 240.0.0.0/4 2001::/23 2002::/16 ::/3 4000::/2 8000::/1",
        ],
    ] as const
).map(([name, list]) => ({
    name,
    ranges: new RangeSet(list.split(" ").map((cidr) => rangeOf(cidr) as Range)),
}));

/** @returns the kind of special range that the range touches, or undefined */
export function specialRange(range: Range, allowDocumentation: boolean): string | undefined {
    for (const { name, ranges } of SPECIAL) {
        if (ranges.overlaps(range) && !(allowDocumentation && name === "documentation")) {
            return name;
        }
    }
    return undefined;
}
