import { digits, equals, Spans } from "./span";

/** What `scan` answers when the value goes on behind the bytes. */
export const INCOMPLETE = -1;
/** What `scan` answers when this is no JSON; `reason` says why. */
export const INVALID = -2;

/** Deeper nesting is refused: OpenSearch's parser has a limit too, and no log comes near. */
const MAX_DEPTH = 200;

const QUOTE = 34;
const BACKSLASH = 92;

/** Bytes of a string that need no look. */
const PLAIN = new Uint8Array(256).map((_, byte) =>
    byte >= 32 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

interface Named {
    readonly bytes: Uint8Array;
    readonly node: Node;
}

interface Node {
    /** Where the value's span goes, or -1. */
    piece: number;
    readonly children: Map<string, Node>;
    /** The children's names as bytes. */
    readonly names: Named[];
    /** The same, by length. */
    readonly byLength: (Named[] | undefined)[];
    /** Of an array: the place of each of its elements. */
    element: Node | undefined;
    /** Told when an object at this place has ended. */
    onEnd: (() => void) | undefined;
    /** There are paths that go on from here. */
    isInner: boolean;
    /** Number of the scan that came by last: twice in one scan is a repeated name. */
    scan: number;
}

function newNode(): Node {
    return {
        piece: -1,
        children: new Map(),
        names: [],
        byLength: [],
        element: undefined,
        onEnd: undefined,
        isInner: false,
        scan: 0,
    };
}

/**
 * Reads a JSON value in one pass over its bytes: checks that it is JSON, finds its end, and notes where the values of
 * chosen paths lie. It follows the nesting, so that a key that a user puts into a nested object is never taken for the
 * record's own; and it builds nothing, so that the record can be copied as it is.
 */
export class JsonScanner<Name extends string = string> {
    /** The values that were found; strings with their quotes. */
    readonly found: Spans;
    /** Index in `found` of each path. */
    readonly at: Readonly<Record<Name, number>>;
    /** What is wrong, after `INVALID`. */
    reason = "";
    /** True when a line feed or carriage return stands between the tokens of the value. */
    hasLineBreaks = false;

    private readonly root = newNode();
    private readonly nodes = new Array<Node | undefined>(MAX_DEPTH + 1);
    private readonly isArray = new Uint8Array(MAX_DEPTH + 1);
    private readonly pieces = new Int32Array(MAX_DEPTH + 1);
    private scans = 0;
    private begin: (() => void) | undefined;

    /**
     * @param paths for each name the keys that lead to a value, joined by dots; `headers[].name` is a value of each
     * element of an array, found as `onElement` says
     */
    constructor(paths: Readonly<Record<Name, string>>) {
        const names = Object.keys(paths) as Name[];
        this.found = new Spans(names.length);
        this.at = Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
        names.forEach((name, i) => {
            const node = this.nodeAt(paths[name]);
            node.piece = i;
        });
    }

    /**
     * Calls back at the end of each object of an array: its values are in `found` then, and only then.
     * @param path of the array, with `[]`: `httpRequest.headers[]`
     * @param begin called before each scan, which may be one of the same value again
     */
    onElement(path: string, call: () => void, begin: () => void): void {
        this.begin = begin;
        const node = this.nodeAt(path);
        const pieces = node.names.map(({ node: { piece } }) => piece);
        node.isInner = false;
        node.onEnd = () => {
            call();
            // What the next element lacks must not be taken from this one.
            for (const piece of pieces) {
                this.found.starts[piece] = -1;
            }
        };
    }

    private nodeAt(path: string): Node {
        let node = this.root;
        for (const part of path.split(".")) {
            const isArray = part.endsWith("[]");
            node = childAt(node, isArray ? part.slice(0, -2) : part);
            node = isArray ? (node.element ??= newNode()) : node;
        }
        return node;
    }

    /**
     * @param start at the value, or at blanks before it
     * @returns the end of the value, `INCOMPLETE` or `INVALID`
     */
    scan(bytes: Buffer, start: number, end: number): number {
        const { found, nodes, isArray, pieces } = this;
        found.bytes = bytes;
        found.starts.fill(-1);
        this.hasLineBreaks = false;
        this.scans++;
        this.begin?.();
        let depth = 0;
        let node: Node | undefined = this.root;
        let pos = this.blanks(bytes, start, end);
        for (;;) {
            if (pos >= end) {
                return INCOMPLETE;
            }
            // A value begins here; `node` is its place among the paths.
            let piece = -1;
            if (node !== undefined) {
                piece = node.piece;
                if (piece >= 0) {
                    found.starts[piece] = pos;
                }
                if (node.isInner) {
                    this.enter(node);
                }
            }
            const byte = bytes[pos];
            if (byte === 123 || byte === 91) {
                if (depth === MAX_DEPTH) {
                    return this.invalid(`nested deeper than ${MAX_DEPTH}`);
                }
                nodes[depth] = node;
                pieces[depth] = piece;
                isArray[depth] = byte === 91 ? 1 : 0;
                depth++;
                pos = this.blanks(bytes, pos + 1, end);
                if (pos >= end) {
                    return INCOMPLETE;
                }
                if (bytes[pos] !== byte + 2) {
                    if (byte === 91) {
                        node = node === undefined ? undefined : node.element;
                        continue;
                    }
                    pos = this.name(bytes, pos, end, node);
                    if (pos < 0) {
                        return pos;
                    }
                    node = this.child;
                    continue;
                }
                depth--;
                pos++;
            } else {
                pos = byte === QUOTE ? this.string(bytes, pos + 1, end) : this.word(bytes, pos, end);
                if (pos < 0) {
                    return pos;
                }
            }
            if (piece >= 0) {
                found.ends[piece] = pos;
            }
            // A value has ended: on to the next one, or out of the containers that end here.
            for (;;) {
                if (depth === 0) {
                    return pos;
                }
                pos = this.blanks(bytes, pos, end);
                if (pos >= end) {
                    return INCOMPLETE;
                }
                const next = bytes[pos];
                const array = isArray[depth - 1] === 1;
                if (next === 44) {
                    pos = this.blanks(bytes, pos + 1, end);
                    if (array) {
                        const place: Node | undefined = nodes[depth - 1];
                        node = place === undefined ? undefined : place.element;
                    } else {
                        pos = this.name(bytes, pos, end, nodes[depth - 1]);
                        if (pos < 0) {
                            return pos;
                        }
                        node = this.child;
                    }
                    break;
                }
                if (next !== (array ? 93 : 125)) {
                    return this.invalid(`"${array ? "," : ","}" or "${array ? "]" : "}"}" expected`);
                }
                pos++;
                depth--;
                if (pieces[depth] >= 0) {
                    found.ends[pieces[depth]] = pos;
                }
                const ended = nodes[depth];
                if (!array && ended !== undefined && ended.onEnd !== undefined) {
                    ended.onEnd();
                }
            }
        }
    }

    /** @returns the value of a path as text: a string without quotes and escapes, a number as written */
    text(i: number): string | undefined {
        const { starts, ends, bytes } = this.found;
        const start = starts[i];
        if (start < 0) {
            return undefined;
        }
        const byte = bytes[start];
        if (byte === QUOTE) {
            const inner = bytes.toString("utf8", start + 1, ends[i] - 1);
            return inner.includes("\\") ? (JSON.parse(`"${inner}"`) as string) : inner;
        }
        return byte === 45 || (byte >= 48 && byte <= 57)
            ? bytes.toString("latin1", start, ends[i])
            : undefined;
    }

    /** @returns the value of a path when it is a number, else NaN */
    number(i: number): number {
        const { starts, ends, bytes } = this.found;
        const byte = starts[i] < 0 ? 0 : bytes[starts[i]];
        const integer = byte >= 48 && byte <= 57 ? digits(bytes, starts[i], ends[i]) : -1;
        if (integer >= 0) {
            return integer;
        }
        return byte === 45 || (byte >= 48 && byte <= 57)
            ? Number(bytes.toString("latin1", starts[i], ends[i]))
            : NaN;
    }

    /** @returns true when the path's value is a string that is not empty */
    isString(i: number): boolean {
        const start = this.found.starts[i];
        return start >= 0 && this.found.bytes[start] === QUOTE && this.found.ends[i] > start + 2;
    }

    /** The place among the paths of the member whose name was read last. */
    private child: Node | undefined;

    /** Reads a member's name and colon. @returns where its value begins */
    private name(bytes: Buffer, pos: number, end: number, parent: Node | undefined): number {
        this.child = undefined;
        if (pos >= end) {
            return INCOMPLETE;
        }
        if (bytes[pos] !== QUOTE) {
            return this.invalid("member name expected");
        }
        const close = this.string(bytes, pos + 1, end);
        if (close < 0) {
            return close;
        }
        if (parent !== undefined && parent.names.length > 0) {
            this.child = childOf(parent, bytes, pos + 1, close - 1);
        }
        const colon = this.blanks(bytes, close, end);
        if (colon >= end) {
            return INCOMPLETE;
        }
        return bytes[colon] === 58 ? this.blanks(bytes, colon + 1, end) : this.invalid('":" expected');
    }

    /** Of members with one name the last counts, as for `JSON.parse`: what was found inside of the others is void. */
    private enter(node: Node): void {
        if (node.scan === this.scans) {
            this.forget(node);
        }
        node.scan = this.scans;
    }

    private forget(node: Node): void {
        for (const { node: inner } of node.names) {
            if (inner.piece >= 0) {
                this.found.starts[inner.piece] = -1;
            }
            this.forget(inner);
        }
    }

    /** @returns behind the closing quote of the string that began before `pos` */
    private string(bytes: Buffer, pos: number, end: number): number {
        let at = pos;
        for (;;) {
            // Four at a time, which saves a sixth of the scan.
            while (
                at + 4 <= end &&
                (PLAIN[bytes[at]] & PLAIN[bytes[at + 1]] & PLAIN[bytes[at + 2]] & PLAIN[bytes[at + 3]]) === 1
            ) {
                at += 4;
            }
            while (at < end && PLAIN[bytes[at]] === 1) {
                at++;
            }
            if (at >= end) {
                return INCOMPLETE;
            }
            const byte = bytes[at];
            if (byte === QUOTE) {
                return at + 1;
            }
            if (byte !== BACKSLASH) {
                return this.invalid("control character in a string");
            }
            if (at + 1 >= end) {
                return INCOMPLETE;
            }
            const escape = bytes[at + 1];
            if (escape === 117) {
                if (at + 6 > end) {
                    return INCOMPLETE;
                }
                if (!(
                    isHex(bytes[at + 2]) &&
                    isHex(bytes[at + 3]) &&
                    isHex(bytes[at + 4]) &&
                    isHex(bytes[at + 5])
                )) {
                    return this.invalid("bad escape in a string");
                }
                at += 6;
            } else if (ESCAPES[escape] === 1) {
                at += 2;
            } else {
                return this.invalid("bad escape in a string");
            }
        }
    }

    /** A number, `true`, `false` or `null`. */
    private word(bytes: Buffer, pos: number, end: number): number {
        let at = pos;
        while (at < end && WORD[bytes[at]] === 1) {
            at++;
        }
        if (at >= end) {
            return INCOMPLETE;
        }
        // Short integers are most of the numbers there are, and need no expression.
        let digit = pos;
        while (digit < at && bytes[digit] >= 48 && bytes[digit] <= 57) {
            digit++;
        }
        if (digit === at && at > pos && (bytes[pos] !== 48 || at === pos + 1)) {
            return at;
        }
        if (isLiteral(bytes, pos, at)) {
            return at;
        }
        if (!/^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(bytes.toString("latin1", pos, at))) {
            return this.invalid("value expected");
        }
        return at;
    }

    private blanks(bytes: Buffer, pos: number, end: number): number {
        let at = pos;
        for (; at < end; at++) {
            const byte = bytes[at];
            if (byte === 10 || byte === 13) {
                this.hasLineBreaks = true;
            } else if (byte !== 32 && byte !== 9) {
                break;
            }
        }
        return at;
    }

    private invalid(reason: string): number {
        this.reason = `not JSON: ${reason}`;
        return INVALID;
    }
}

const ESCAPES = new Uint8Array(256);
for (const character of '"\\/bfnrt') {
    ESCAPES[character.charCodeAt(0)] = 1;
}

function isLiteral(bytes: Buffer, start: number, end: number): boolean {
    return (
        equals(bytes, start, end, "null") ||
        equals(bytes, start, end, "true") ||
        equals(bytes, start, end, "false")
    );
}

/** Bytes of numbers and of true, false and null. */
const WORD = new Uint8Array(256);
for (const character of "0123456789+-.eEtrufalsn") {
    WORD[character.charCodeAt(0)] = 1;
}

function isHex(byte: number): boolean {
    return (byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 102);
}

function childAt(parent: Node, name: string): Node {
    let child = parent.children.get(name);
    if (!child) {
        child = newNode();
        parent.isInner = true;
        parent.children.set(name, child);
        const named = { bytes: Buffer.from(name), node: child };
        parent.names.push(named);
        (parent.byLength[named.bytes.length] ??= []).push(named);
    }
    return child;
}

function childOf(parent: Node, bytes: Buffer, start: number, end: number): Node | undefined {
    const names = parent.byLength[end - start];
    if (names === undefined) {
        return undefined;
    }
    search: for (let n = 0; n < names.length; n++) {
        const name = names[n].bytes;
        for (let i = 0; i < name.length; i++) {
            if (bytes[start + i] !== name[i]) {
                continue search;
            }
        }
        return names[n].node;
    }
    return undefined;
}
