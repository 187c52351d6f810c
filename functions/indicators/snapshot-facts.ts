import { IndicatorMatch, IndicatorType } from "./indicator";
import { DecodedSnapshot } from "./snapshot-format";
import { TimeColumn } from "./snapshot-layout";

/** What is known of each entry besides its value. Texts and lists are made once, when they are first asked for. */
export class Facts {
    private readonly feeds: (readonly string[] | undefined)[] = [];
    private readonly firstSeen: (string | undefined)[] = [];
    private readonly lastSeen: (string | undefined)[] = [];

    constructor(private readonly snapshot: DecodedSnapshot) {}

    /** @param entry its number through all kinds */
    match(type: IndicatorType, value: string, entry: number): IndicatorMatch {
        const { shape, sections } = this.snapshot;
        const claim = sections.claims.ids[entry];
        return {
            type,
            value,
            feeds: (this.feeds[claim] ??= this.feedsOf(claim)),
            firstSeen: timeOf(this.firstSeen, sections.firstSeen, shape.firstSeen.unit, entry),
            lastSeen: timeOf(this.lastSeen, sections.lastSeen, shape.lastSeen.unit, entry),
            confidence: sections.claims.confidence[claim],
        };
    }

    private feedsOf(claim: number): readonly string[] {
        const { shape, sections } = this.snapshot;
        const { ends, feeds } = sections.claims;
        const begin = claim === 0 ? 0 : ends[claim - 1];
        return Array.from(feeds.subarray(begin, ends[claim]), (feed) => shape.feeds[feed]);
    }
}

function timeOf(
    made: (string | undefined)[],
    { times, ids }: TimeColumn,
    unit: number,
    entry: number,
): string {
    const id = ids[entry];
    return (made[id] ??= new Date(times[id] * unit * 1000).toISOString());
}
