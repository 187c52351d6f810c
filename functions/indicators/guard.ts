import { GuardSettings } from "./settings";
import { Change } from "./total-change";

/**
 * Judges whether a change is too large to be believed. What begins with nothing is not a change.
 * @returns why the list in force should stay, or undefined when the new one may follow
 */
export function judge(change: Change, { share, minimum }: GuardSettings): string | undefined {
    const { before, after, added, removed } = change;
    if (before === 0) {
        return undefined;
    }
    if (after === 0) {
        return `it would empty a list of ${before}`;
    }
    const tooMany = (changes: number) => changes > 0 && changes >= minimum && changes >= share * before;
    const percent = (changes: number) => `${Math.floor((changes / before) * 100)} %`;
    const limit = `the guard holds from ${share * 100} %`;
    if (tooMany(removed)) {
        return `it would remove ${removed} of ${before} (${percent(removed)}; ${limit})`;
    }
    return tooMany(added) ? `it would add ${added} to ${before} (${percent(added)}; ${limit})` : undefined;
}
