/** IP addresses as numbers, parsed by hand: it is the hot path of every log. */

/** Four 32-bit words, most significant first. */
export type Words = readonly [number, number, number, number];

/**
 * @returns the address as an unsigned 32-bit number, or -1 when the text is not exactly a dotted quad (leading zeros
 * are refused: programs disagree on whether they mean octal)
 */
export function parseIPv4(text: string): number {
    const length = text.length;
    if (length < 7 || length > 15) {
        return -1;
    }
    let address = 0;
    let octet = 0;
    let digits = 0;
    let dots = 0;
    for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code >= 48 && code <= 57) {
            if (digits > 0 && octet === 0) {
                return -1;
            }
            octet = octet * 10 + code - 48;
            digits++;
            if (octet > 255) {
                return -1;
            }
        } else if (code === 46 && digits > 0 && dots < 3) {
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

export function formatIPv4(address: number): string {
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

function hexGroup(text: string): number {
    if (text.length < 1 || text.length > 4) {
        return -1;
    }
    let value = 0;
    for (let i = 0; i < text.length; i++) {
        const code = text.charCodeAt(i) | 32;
        const digit =
            text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57
                ? text.charCodeAt(i) - 48
                : code >= 97 && code <= 102
                  ? code - 87
                  : -1;
        if (digit < 0) {
            return -1;
        }
        value = value * 16 + digit;
    }
    return value;
}

/** @returns the 16-bit groups of one side of `::`, or undefined when one is not a group */
function groupsOf(text: string, allowQuad: boolean): number[] | undefined {
    if (text === "") {
        return [];
    }
    const parts = text.split(":");
    const groups: number[] = [];
    for (let i = 0; i < parts.length; i++) {
        if (allowQuad && i === parts.length - 1 && parts[i].includes(".")) {
            const quad = parseIPv4(parts[i]);
            if (quad < 0) {
                return undefined;
            }
            groups.push(quad >>> 16, quad & 0xffff);
        } else {
            const group = hexGroup(parts[i]);
            if (group < 0) {
                return undefined;
            }
            groups.push(group);
        }
    }
    return groups;
}

/** @returns the address, or undefined when the text is not one; zone ids (`%eth0`) and brackets are not accepted */
export function parseIPv6(text: string): Words | undefined {
    if (text.length < 2 || text.length > 45) {
        return undefined;
    }
    const gap = text.indexOf("::");
    let groups: number[] | undefined;
    if (gap < 0) {
        groups = groupsOf(text, true);
        if (groups?.length !== 8) {
            return undefined;
        }
    } else {
        const head = groupsOf(text.slice(0, gap), false);
        const tail = groupsOf(text.slice(gap + 2), true);
        if (!head || !tail || head.length + tail.length > 7) {
            return undefined;
        }
        groups = [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
    }
    return [
        groups[0] * 65536 + groups[1],
        groups[2] * 65536 + groups[3],
        groups[4] * 65536 + groups[5],
        groups[6] * 65536 + groups[7],
    ];
}

/** @returns the RFC 5952 text form: lower case, the longest run of two or more zero groups shortened */
export function formatIPv6(words: Words): string {
    const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
    let best = -1;
    let bestLength = 1;
    for (let i = 0; i < 8; i++) {
        let end = i;
        while (end < 8 && groups[end] === 0) {
            end++;
        }
        if (end - i > bestLength) {
            best = i;
            bestLength = end - i;
        }
        i = Math.max(i, end - 1);
    }
    const hex = (part: number[]) => part.map((group) => group.toString(16)).join(":");
    return best < 0 ? hex(groups) : `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
}

/** @returns the IPv4 address inside `::ffff:a.b.c.d`, or -1 when the address is not IPv4-mapped */
export function mappedIPv4(words: Words): number {
    return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? words[3] : -1;
}

/** @returns the 32-bit mask of a prefix length; below 0 is 0, above 32 is 32 */
export function mask(prefix: number): number {
    return prefix <= 0 ? 0 : prefix >= 32 ? 0xffffffff : (0xffffffff << (32 - prefix)) >>> 0;
}

/** @returns the first address of the network that the address lies in */
export function networkIPv6(words: Words, prefix: number): Words {
    return [
        (words[0] & mask(prefix)) >>> 0,
        (words[1] & mask(prefix - 32)) >>> 0,
        (words[2] & mask(prefix - 64)) >>> 0,
        (words[3] & mask(prefix - 96)) >>> 0,
    ];
}

/** True for an IPv4 or IPv6 address as logs write it. */
export function isAddress(text: string): boolean {
    return parseIPv4(text) >= 0 || (text.includes(":") && parseIPv6(text) !== undefined);
}
