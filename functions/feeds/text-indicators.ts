import { IndicatorMatch } from "../indicators/indicator";
import { normalizeIndicator } from "../indicators/normalize";
import { textValues, valuesOfLine } from "./text-values";

/** What a plain list holds, once each and in normal form. Nobody has judged it yet (see `indicators/safety.ts`). */
export interface TextIndicators {
    readonly indicators: readonly IndicatorMatch[];
    /** Values that are no indicator, or the beginnings of lines that are too long. */
    readonly invalid: readonly string[];
}

/** How a list is known, and when it was seen. */
export interface TextOrigin {
    /** Name under which matches report it. */
    readonly feed: string;
    readonly seen: Date;
}

/** A plain list says nothing of how certain it is. */
const CONFIDENCE = 50;

/** Reads a list that somebody has at hand, piece by piece. */
export async function readTextIndicators(
    bytes: AsyncIterable<Uint8Array>,
    origin: TextOrigin,
): Promise<TextIndicators> {
    const collected = new Collected(origin);
    for await (const values of textValues(bytes)) {
        values.forEach(({ value, refused }) => collected.add(value, refused));
    }
    return collected.end();
}

/** Reads a list that is in memory. */
export function parseTextIndicators(text: string, origin: TextOrigin): TextIndicators {
    const collected = new Collected(origin);
    for (const line of text.replace(/^\ufeff/, "").split(/[\r\n]/)) {
        valuesOfLine(line).forEach((value) => collected.add(value));
    }
    return collected.end();
}

class Collected {
    private readonly byValue = new Map<string, IndicatorMatch>();
    private readonly invalid: string[] = [];

    constructor(private readonly origin: TextOrigin) {}

    add(value: string, refused?: string): void {
        const normal = refused === undefined ? normalizeIndicator(value) : undefined;
        if (!normal) {
            this.invalid.push(value.slice(0, 200));
            return;
        }
        const seen = this.origin.seen.toISOString();
        const { type, value: text } = normal;
        this.byValue.set(text, {
            type,
            value: text,
            feeds: [this.origin.feed],
            firstSeen: seen,
            lastSeen: seen,
            confidence: CONFIDENCE,
        });
    }

    end(): TextIndicators {
        return { indicators: [...this.byValue.values()], invalid: this.invalid };
    }
}
