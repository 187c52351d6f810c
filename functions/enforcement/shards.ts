/**
 * Spreads entries over sets so that as few sets as possible change: what a set has stays in it, what is new goes
 * to sets that change anyway, then to those with the most room.
 * @param wanted without doubles, and no more than the sets have room for
 * @param present what each set holds now
 * @returns what each set shall hold, in the order of `present`
 */
export function spread(
    wanted: readonly string[],
    present: readonly (readonly string[])[],
    maxPerSet: number,
): string[][] {
    const open = new Set(wanted);
    const kept = present.map((entries) => {
        const keep = entries.filter((entry) => open.delete(entry));
        for (const entry of keep.splice(maxPerSet)) {
            open.add(entry);
        }
        return keep;
    });
    const order = kept
        .map((keep, index) => ({
            index,
            changes: keep.length < present[index].length,
            room: maxPerSet - keep.length,
        }))
        .sort((a, b) => Number(b.changes) - Number(a.changes) || b.room - a.room || a.index - b.index);
    const fresh = wanted.filter((entry) => open.has(entry));
    let next = 0;
    for (const { index, room } of order) {
        for (const entry of fresh.slice(next, next + room)) {
            kept[index].push(entry);
        }
        next += Math.min(room, fresh.length - next);
    }
    return kept;
}

/** True when both hold the same, in whatever order. Neither has doubles. */
export function sameMembers(a: readonly string[], b: readonly string[]): boolean {
    const members = new Set(a);
    return a.length === b.length && b.every((item) => members.has(item));
}
