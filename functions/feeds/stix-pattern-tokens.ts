/** A token of a STIX pattern. `text` is a string's content with its escapes undone, else the token as written. */
export interface PatternToken {
    readonly kind: "word" | "string" | "number" | "literal" | "timestamp" | "symbol" | "end";
    readonly text: string;
}

/** A pattern that is not one of the grammar. */
export class PatternError extends Error {}

const SPACE = /\s+/y;
const LINE_COMMENT = /\/\/[^\r\n]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_-]*/y;
const NUMBER = /[+-]?(?:\d*\.\d+|\d+)/y;
const SYMBOL = /==|!=|<>|<=|>=|[[\]().,:*=<>]/y;

/** What stands between the quotes of `b'…'`, `h'…'` and `t'…'`. */
const QUOTED: Readonly<Record<string, { readonly kind: "literal" | "timestamp"; readonly content: RegExp }>> =
    {
        b: { kind: "literal", content: /^[A-Za-z0-9+/]*={0,2}$/ },
        h: { kind: "literal", content: /^[0-9A-Fa-f]*$/ },
        t: { kind: "timestamp", content: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/ },
    };

/**
 * Cuts a pattern into tokens (STIX 2.1, 9.2), the last one of kind `end`. White space and comments are left out.
 * @throws PatternError for what is no token
 */
export function patternTokens(pattern: string): PatternToken[] {
    const tokens: PatternToken[] = [];
    let at = 0;
    const match = (expression: RegExp): string | undefined => {
        expression.lastIndex = at;
        const found = expression.exec(pattern)?.[0];
        at += found?.length ?? 0;
        return found;
    };
    const add = (kind: PatternToken["kind"], text: string): void => void tokens.push({ kind, text });
    while (at < pattern.length) {
        const char = pattern[at];
        const quoted = pattern[at + 1] === "'" ? QUOTED[char] : undefined;
        if (char === "'") {
            const { text, end } = stringAt(pattern, at);
            at = end;
            add("string", text);
        } else if (quoted) {
            const { text, end } = stringAt(pattern, at + 1);
            if (!quoted.content.test(text)) {
                throw new PatternError(`no ${char}'…' literal`);
            }
            at = end;
            add(quoted.kind, text);
        } else if (pattern.startsWith("/*", at)) {
            const end = pattern.indexOf("*/", at + 2);
            if (end < 0) {
                throw new PatternError("comment without an end");
            }
            at = end + 2;
        } else if (match(SPACE) === undefined && match(LINE_COMMENT) === undefined) {
            addOther(match, add);
        }
    }
    add("end", "");
    return tokens;
}

function addOther(
    match: (expression: RegExp) => string | undefined,
    add: (kind: PatternToken["kind"], text: string) => void,
): void {
    for (const [kind, expression] of [
        ["word", WORD],
        ["number", NUMBER],
        ["symbol", SYMBOL],
    ] as const) {
        const text = match(expression);
        if (text !== undefined) {
            return add(kind, text);
        }
    }
    throw new PatternError("unknown character");
}

/** By hand, since an expression with escapes would backtrack over a long text. Only `\\` and `\'` are escapes. */
function stringAt(pattern: string, start: number): { text: string; end: number } {
    const parts: string[] = [];
    let from = start + 1;
    for (let at = from; at < pattern.length; at++) {
        if (pattern[at] === "'") {
            parts.push(pattern.slice(from, at));
            return { text: parts.join(""), end: at + 1 };
        }
        if (pattern[at] === "\\") {
            const escaped = pattern[at + 1];
            if (escaped !== "\\" && escaped !== "'") {
                throw new PatternError("unknown escape");
            }
            parts.push(pattern.slice(from, at));
            from = ++at;
        }
    }
    throw new PatternError("string without an end");
}
