import { normalizeDomain } from "./normalize";
import { hashFinish, HASH_SEED, hashStep } from "./snapshot-hash";
import { StringIndex } from "./snapshot-strings";

/** Where a name or a parent of it was found. */
export interface DomainHit {
    readonly entry: number;
    readonly value: string;
}

const MOST_BYTES = 253;
const MOST_LABEL_BYTES = 63;
const NOT_NORMAL = -2;
const DOT = 46;
const DASH = 45;

/** Looks names up by suffix. Not to be used by two at once: the last start is kept aside, to make no object a miss. */
export class DomainIndex {
    private start = 0;

    constructor(private readonly names: StringIndex) {}

    /**
     * The name, however it is written, or its nearest parent.
     * @returns undefined when neither is known, or it is no name
     */
    find(name: string): DomainHit | undefined {
        let text = name;
        let end = name.charCodeAt(name.length - 1) === DOT ? name.length - 1 : name.length;
        let entry = this.nearest(text, end, false);
        if (entry === NOT_NORMAL) {
            const normal = normalizeDomain(name);
            if (normal === undefined) {
                return undefined;
            }
            text = normal;
            end = normal.length;
            entry = this.nearest(text, end, true);
        }
        return entry < 0 ? undefined : { entry, value: text.slice(this.start, end) };
    }

    /**
     * One pass from the end.
     * @param isNormal what nearly all names are; not known beforehand, it is looked at in the same pass
     * @returns the entry of the nearest one, which begins at `this.start`; -1; or `NOT_NORMAL`
     */
    private nearest(name: string, end: number, isNormal: boolean): number {
        if (end > MOST_BYTES && !isNormal) {
            return NOT_NORMAL;
        }
        let found = -1;
        let state = HASH_SEED;
        let labelEnd = end;
        for (let i = end - 1; i >= 0; i--) {
            const code = name.charCodeAt(i);
            if (code === DOT) {
                if (!isNormal && !isLabel(name, i + 1, labelEnd)) {
                    return NOT_NORMAL;
                }
                const entry = this.names.find(hashFinish(state), name, i + 1, end);
                if (entry >= 0) {
                    found = entry;
                    this.start = i + 1;
                }
                labelEnd = i;
            } else if (!isNormal && !isLabelCode(code)) {
                return NOT_NORMAL;
            }
            state = hashStep(state, code);
        }
        if (!isNormal && !isLabel(name, 0, labelEnd)) {
            return NOT_NORMAL;
        }
        const entry = this.names.find(hashFinish(state), name, 0, end);
        if (entry >= 0) {
            this.start = 0;
            return entry;
        }
        return found;
    }
}

const isLabelCode = (code: number) =>
    (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === DASH || code === 95;

/** Codes have been looked at. Punycode wants a closer look. */
function isLabel(name: string, start: number, end: number): boolean {
    const length = end - start;
    return (
        length > 0 &&
        length <= MOST_LABEL_BYTES &&
        name.charCodeAt(start) !== DASH &&
        name.charCodeAt(end - 1) !== DASH &&
        !(name.charCodeAt(start) === 120 && name.startsWith("xn--", start))
    );
}
