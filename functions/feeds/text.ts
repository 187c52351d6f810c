import { Indicator } from "../indicators/indicator";
import { normalizeIndicator } from "../indicators/normalize";

/** A line that holds no indicator. */
export interface RefusedLine {
    /** Number of the line, from 1. */
    readonly line: number;
    readonly text: string;
    readonly reason: string;
}

export interface ParsedFeed {
    readonly indicators: Indicator[];
    readonly refused: RefusedLine[];
}

/** What a plain list says of its entries' certainty: nothing. */
const CONFIDENCE = 50;
const DAYS_TO_LIVE = 30;

/** First column: quoted, or up to white space, or up to a comma; URLs may hold commas themselves. */
function firstColumn(line: string): string {
    const quoted = /^"([^"]*)"/.exec(line);
    if (quoted) {
        return quoted[1];
    }
    return line.split(/^h[tx]{2}ps?(?::|\[:\])\/\//i.test(line) ? /\s/ : /[\s,]/, 1)[0];
}

/**
 * Reads a plain feed: one indicator a line in the first column, `#` begins a comment. It brings values to normal form
 * but does not judge them (see `safety.ts`).
 * @param feedName name under which matches report the feed
 * @param now when the feed was fetched: first and last sight of every entry
 */
export function parseTextFeed(text: string, feedName: string, now: Date = new Date()): ParsedFeed {
    const seen = now.toISOString();
    const expiresAt = Math.floor(now.getTime() / 1000) + DAYS_TO_LIVE * 86400;
    const indicators = new Map<string, Indicator>();
    const refused: RefusedLine[] = [];
    text.replace(/^\ufeff/, "")
        .split(/\r\n|\n|\r/)
        .forEach((raw, index) => {
            const line = raw.trim();
            if (line === "" || line.startsWith("#")) {
                return;
            }
            const normal = normalizeIndicator(firstColumn(line));
            if (!normal) {
                refused.push({ line: index + 1, text: line.slice(0, 200), reason: "not an indicator" });
                return;
            }
            indicators.set(normal.value, {
                ...normal,
                feeds: [feedName],
                firstSeen: seen,
                lastSeen: seen,
                expiresAt,
                confidence: CONFIDENCE,
            });
        });
    return { indicators: [...indicators.values()], refused };
}
