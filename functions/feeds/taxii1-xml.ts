import { XMLParser, XMLValidator } from "fast-xml-parser";

/** An element. Names have lost their prefix: see `parseXml`. */
export interface XmlElement {
    readonly name: string;
    /** By name; those with a prefix (`xsi:type`) by their name with it. */
    readonly attributes: Readonly<Record<string, string | undefined>>;
    readonly children: readonly XmlElement[];
    /** Its own text and CDATA, without that of its children. */
    readonly text: string;
}

/** More than a document of the largest size allowed has when it is honest; each costs some hundred bytes. */
const MOST_ELEMENTS = 1_000_000;
const TEXT = "#text";
const CDATA = "#cdata";
const ATTRIBUTES = ":@";

/** What the parser makes of an element, with `preserveOrder`: its name, and its attributes beside. */
type OrderedNode = Readonly<Record<string, unknown>>;

/**
 * Parses a document. Elements are known by their local name: prefixes are the sender's choice, and feeds declare the
 * versions of the STIX and CybOX namespaces wrongly more often than they mean something else by a name.
 * Entities of a document type are never expanded (nor fetched): a reference to one stays as it is written.
 * @throws Error when it is not well-formed, too deep or too large
 */
export function parseXml(text: string): XmlElement {
    const valid = XMLValidator.validate(text);
    if (valid !== true) {
        throw new Error(valid.err.msg);
    }
    return rootOf(text);
}

/**
 * Parses a document in which the element at the path holds another document, that it does not have to be well-formed:
 * such an element's text is its content as it is written.
 * @param path local names from the root on, separated by dots
 * @throws Error when it cannot be read or is cut off
 */
export function parseEnvelope(text: string, path: string): XmlElement {
    const root = rootOf(text, path);
    const end = text.slice(Math.max(0, text.lastIndexOf("<")));
    const closed = /^<\/([^\s>]+)\s*>\s*$/.exec(end);
    if (closed ? localName(closed[1]) !== root.name : !/\/>\s*$/.test(end)) {
        throw new Error("cut off");
    }
    return root;
}

export function children(element: XmlElement | undefined, name: string): readonly XmlElement[] {
    return element?.children.filter((child) => child.name === name) ?? [];
}

/** The first element at a path of local names below the element. */
export function descend(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
    return path.reduce((at, name) => at?.children.find((child) => child.name === name), element);
}

/** Text of the first element at the path, trimmed; undefined where it is empty. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
    return descend(element, ...path)?.text.trim() || undefined;
}

/** Resolves XML's own five entities and character references, once. */
function decodeReferences(text: string): string {
    return text.replace(
        /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
        (whole, dec, hex, name) => {
            if (name) {
                return NAMED[name as string] ?? whole;
            }
            const code = dec ? Number(dec) : parseInt(hex as string, 16);
            return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
        },
    );
}

const NAMED: Readonly<Record<string, string | undefined>> = {
    amp: "&",
    lt: "<",
    gt: ">",
    quot: '"',
    apos: "'",
};

function rootOf(text: string, opaquePath?: string): XmlElement {
    let count = 0;
    const parser = new XMLParser({
        // The path is of local names. Not for the rest: `xsi:type` and `type` may stand in one element.
        ...(opaquePath ? { stopNodes: [opaquePath], removeNSPrefix: true } : {}),
        preserveOrder: true,
        ignoreAttributes: false,
        attributeNamePrefix: "",
        parseTagValue: false,
        trimValues: false,
        processEntities: false,
        cdataPropName: CDATA,
        ignoreDeclaration: true,
        ignorePiTags: true,
        jPath: false,
        updateTag: () => {
            if (++count > MOST_ELEMENTS) {
                throw new Error(`more than ${MOST_ELEMENTS} elements`);
            }
            return true;
        },
    });
    const root = (parser.parse(text) as readonly OrderedNode[]).find(
        (node) => !(TEXT in node || CDATA in node),
    );
    if (!root) {
        throw new Error("no element");
    }
    return elementOf(root, opaquePath?.split(".").pop());
}

/** @param opaque name of the elements whose text stays as it is written */
function elementOf(node: OrderedNode, opaque?: string): XmlElement {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES)!;
    const inside: XmlElement[] = [];
    let text = "";
    for (const child of node[name] as readonly OrderedNode[]) {
        if (TEXT in child) {
            text += name === opaque ? String(child[TEXT]) : decodeReferences(String(child[TEXT]));
        } else if (CDATA in child) {
            text += String((child[CDATA] as readonly OrderedNode[])[0]?.[TEXT] ?? "");
        } else {
            inside.push(elementOf(child, opaque));
        }
    }
    return { name: localName(name), attributes: attributesOf(node[ATTRIBUTES]), children: inside, text };
}

function attributesOf(written: unknown): Record<string, string> {
    return Object.fromEntries(
        Object.entries((written ?? {}) as Record<string, unknown>).map(([name, value]) => [
            name,
            decodeReferences(String(value)),
        ]),
    );
}

function localName(name: string): string {
    return name.slice(name.indexOf(":") + 1);
}
