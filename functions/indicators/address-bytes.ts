/** Addresses as logs write them, parsed from bytes: the hottest path of all. Same rules as `address.ts`. */

/** @returns the address as an unsigned 32-bit number, or -1 when the bytes are no dotted quad */
export function ipv4(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length < 7 || length > 15) {
        return -1;
    }
    let address = 0;
    let octet = 0;
    let digits = 0;
    let dots = 0;
    for (let i = start; i < end; i++) {
        const digit = bytes[i] - 48;
        if (digit >= 0 && digit <= 9) {
            if (digits > 0 && octet === 0) {
                return -1;
            }
            octet = octet * 10 + digit;
            digits++;
            if (octet > 255) {
                return -1;
            }
        } else if (digit === -2 && digits > 0 && dots < 3) {
            address = address * 256 + octet;
            octet = 0;
            digits = 0;
            dots++;
        } else {
            return -1;
        }
    }
    return dots === 3 && digits > 0 ? address * 256 + octet : -1;
}

const COLON = 58;

/** @returns true when the bytes are an IPv6 address, whose four words are then in `into` */
export function ipv6(bytes: Uint8Array, start: number, end: number, into: Uint32Array): boolean {
    if (end - start < 2 || end - start > 45) {
        return false;
    }
    let groups = 0;
    /** Groups before `::`, or -1. */
    let gap = -1;
    let at = start;
    into.fill(0);
    if (bytes[at] === COLON) {
        if (bytes[at + 1] !== COLON) {
            return false;
        }
        gap = 0;
        at += 2;
    }
    while (at < end) {
        const from = at;
        let value = 0;
        let digit = hexDigit(bytes[at]);
        while (at < end && digit >= 0) {
            value = value * 16 + digit;
            at++;
            digit = at < end ? hexDigit(bytes[at]) : -1;
        }
        if (at < end && bytes[at] === 46) {
            const quad = groups <= 6 ? ipv4(bytes, from, end) : -1;
            if (quad < 0) {
                return false;
            }
            put(into, groups, quad >>> 16);
            put(into, groups + 1, quad & 0xffff);
            groups += 2;
            break;
        }
        if (at === from || at - from > 4 || groups === 8) {
            return false;
        }
        put(into, groups++, value);
        if (at === end) {
            break;
        }
        if (bytes[at] !== COLON) {
            return false;
        }
        at++;
        if (at < end && bytes[at] === COLON) {
            if (gap >= 0) {
                return false;
            }
            gap = groups;
            at++;
        } else if (at === end) {
            return false;
        }
    }
    if (gap < 0) {
        return groups === 8;
    }
    if (groups > 7) {
        return false;
    }
    // The groups behind the gap belong at the end.
    for (let i = groups - 1, to = 7; i >= gap; i--, to--) {
        const value = get(into, i);
        put(into, i, 0);
        put(into, to, value);
    }
    return true;
}

function hexDigit(byte: number): number {
    if (byte >= 48 && byte <= 57) {
        return byte - 48;
    }
    const lower = byte | 32;
    return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function get(words: Uint32Array, group: number): number {
    return (group & 1) === 0 ? words[group >> 1] >>> 16 : words[group >> 1] & 0xffff;
}

function put(words: Uint32Array, group: number, value: number): void {
    const word = words[group >> 1];
    words[group >> 1] = (group & 1) === 0 ? (word & 0xffff) | (value << 16) : (word & 0xffff0000) | value;
}
