import { PatternError, PatternToken, patternTokens } from "./stix-pattern-tokens";

/** What a comparison does; NOT is told apart. */
export type PatternOperator =
    "=" | "!=" | "<" | ">" | "<=" | ">=" | "IN" | "LIKE" | "MATCHES" | "ISSUBSET" | "ISSUPERSET" | "EXISTS";

/** A path and what it is compared with. */
export interface PatternComparison {
    readonly kind: "comparison";
    /** `ipv4-addr` of `ipv4-addr:value`. */
    readonly object: string;
    /** `["dst_ref", "value"]` of `network-traffic:dst_ref.value`; `[*]` and `[0]` are steps of their own. */
    readonly path: readonly string[];
    readonly negated: boolean;
    readonly operator: PatternOperator;
    /** The strings among the literals; several only of IN. */
    readonly strings: readonly string[];
}

/** A pattern as a tree: comparisons joined within an observation, and observations joined. */
export type PatternNode =
    | PatternComparison
    /** `and` and `or` stand within observations and between them. */
    | { readonly kind: "and" | "or" | "followed-by"; readonly parts: readonly PatternNode[] }
    /** What is between brackets is of one moment. */
    | { readonly kind: "observation"; readonly part: PatternNode }
    /** `narrows`: one sighting need not be enough. */
    | { readonly kind: "qualified"; readonly part: PatternNode; readonly narrows: boolean };

/** Parentheses and brackets in one another: more than anybody writes, few enough for the stack. */
const DEEPEST = 100;

const OPERATORS: Readonly<Record<string, PatternOperator>> = {
    "=": "=",
    "==": "=",
    "!=": "!=",
    "<>": "!=",
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    IN: "IN",
    LIKE: "LIKE",
    MATCHES: "MATCHES",
    ISSUBSET: "ISSUBSET",
    ISSUPERSET: "ISSUPERSET",
};
const OF_STRINGS = new Set<PatternOperator>(["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"]);

/**
 * Reads a pattern by the grammar of STIX 2.1 (9, and its ANTLR form in oasis-open/cti-pattern-validator); START and
 * STOP may have strings as in STIX 2.0.
 * @throws PatternError when it is none, or nested too deeply
 */
export function parsePattern(pattern: string): PatternNode {
    const parser = new Parser(patternTokens(pattern));
    const tree = parser.observations();
    parser.expect("end");
    return tree;
}

class Parser {
    private at = 0;
    private depth = 0;

    constructor(private readonly tokens: readonly PatternToken[]) {}

    /** Loosest first: FOLLOWEDBY, OR, AND. */
    observations(): PatternNode {
        const and = () => this.chain("AND", "and", () => this.observation());
        const or = () => this.chain("OR", "or", and);
        return this.chain("FOLLOWEDBY", "followed-by", or);
    }

    expect(kind: PatternToken["kind"], text?: string): string {
        const found = this.take(kind, text);
        if (found === undefined) {
            throw new PatternError(`${text ?? kind} expected`);
        }
        return found;
    }

    private take(kind: PatternToken["kind"], text?: string): string | undefined {
        const token = this.tokens[this.at];
        if (token.kind !== kind || (text !== undefined && token.text !== text)) {
            return undefined;
        }
        this.at++;
        return token.text;
    }

    private chain(word: string, kind: "and" | "or" | "followed-by", operand: () => PatternNode): PatternNode {
        const parts = [operand()];
        while (this.take("word", word) !== undefined) {
            parts.push(operand());
        }
        return parts.length === 1 ? parts[0] : { kind, parts };
    }

    private enclosed(close: string, content: () => PatternNode): PatternNode {
        if (++this.depth > DEEPEST) {
            throw new PatternError("nested too deeply");
        }
        const node = content();
        this.depth--;
        this.expect("symbol", close);
        return node;
    }

    private observation(): PatternNode {
        let node: PatternNode;
        if (this.take("symbol", "(") !== undefined) {
            node = this.enclosed(")", () => this.observations());
        } else {
            this.expect("symbol", "[");
            node = { kind: "observation", part: this.enclosed("]", () => this.comparisons()) };
        }
        let narrows = false;
        let qualified = false;
        for (let one = this.qualifier(); one !== undefined; one = this.qualifier()) {
            qualified = true;
            narrows ||= one;
        }
        return qualified ? { kind: "qualified", part: node, narrows } : node;
    }

    /** @returns whether it narrows; undefined when there is none */
    private qualifier(): boolean | undefined {
        if (this.take("word", "WITHIN") !== undefined) {
            const seconds = Number(this.expect("number"));
            this.expect("word", "SECONDS");
            return this.positive(seconds, false);
        }
        if (this.take("word", "REPEATS") !== undefined) {
            const times = Number(this.expect("number"));
            this.expect("word", "TIMES");
            return this.positive(times, times !== 1);
        }
        if (this.take("word", "START") !== undefined) {
            this.time();
            this.expect("word", "STOP");
            this.time();
            return true;
        }
        return undefined;
    }

    private positive(count: number, narrows: boolean): boolean {
        if (!(count > 0)) {
            throw new PatternError("a number above 0 expected");
        }
        return narrows;
    }

    private time(): void {
        if (this.take("timestamp") === undefined) {
            this.expect("string");
        }
    }

    private comparisons(): PatternNode {
        const and = () => this.chain("AND", "and", () => this.comparison());
        return this.chain("OR", "or", and);
    }

    private comparison(): PatternNode {
        if (this.take("symbol", "(") !== undefined) {
            return this.enclosed(")", () => this.comparisons());
        }
        if (this.take("word", "EXISTS") !== undefined) {
            return {
                kind: "comparison",
                ...this.objectPath(),
                negated: false,
                operator: "EXISTS",
                strings: [],
            };
        }
        const path = this.objectPath();
        const negated = this.take("word", "NOT") !== undefined;
        const token = this.take("symbol") ?? this.expect("word");
        const operator = Object.hasOwn(OPERATORS, token) ? OPERATORS[token] : undefined;
        if (!operator) {
            throw new PatternError("operator expected");
        }
        return { kind: "comparison", ...path, negated, operator, strings: this.operand(operator) };
    }

    private objectPath(): Pick<PatternComparison, "object" | "path"> {
        const object = this.expect("word");
        this.expect("symbol", ":");
        const path = [this.step()];
        for (;;) {
            if (this.take("symbol", ".") !== undefined) {
                path.push(this.step());
            } else if (this.take("symbol", "[") !== undefined) {
                path.push(`[${this.take("symbol", "*") ?? this.index()}]`);
                this.expect("symbol", "]");
            } else {
                return { object, path };
            }
        }
    }

    private step(): string {
        const quoted = this.take("string");
        if (quoted !== undefined) {
            return quoted;
        }
        const word = this.expect("word");
        if (word.includes("-")) {
            throw new PatternError("a step with a hyphen stands in quotes");
        }
        return word;
    }

    private index(): string {
        const index = this.expect("number");
        if (index.includes(".")) {
            throw new PatternError("an index is a whole number");
        }
        return index;
    }

    private operand(operator: PatternOperator): string[] {
        if (OF_STRINGS.has(operator)) {
            return [this.expect("string")];
        }
        if (operator !== "IN") {
            return this.literal();
        }
        this.expect("symbol", "(");
        const strings: string[] = [];
        if (this.take("symbol", ")") !== undefined) {
            return strings;
        }
        do {
            strings.push(...this.literal());
        } while (this.take("symbol", ",") !== undefined);
        this.expect("symbol", ")");
        return strings;
    }

    /** @returns the string, if it is one */
    private literal(): string[] {
        const string = this.take("string");
        if (string !== undefined) {
            return [string];
        }
        const other =
            this.take("number") ??
            this.take("literal") ??
            this.take("timestamp") ??
            this.take("word", "true") ??
            this.take("word", "false");
        if (other === undefined) {
            throw new PatternError("literal expected");
        }
        return [];
    }
}
