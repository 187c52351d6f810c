/** A bucket of calls that fills again as time goes on. */
export class Rate {
    private readonly buckets = new Map<string, { left: number; at: number }>();

    /** @param perSecond calls a second and at once, for each key; without it there is no bound */
    constructor(
        private readonly perSecond: number | undefined,
        private readonly now: () => number = Date.now,
    ) {}

    /** @returns false for a call too many */
    allows(key: string): boolean {
        if (this.perSecond === undefined) {
            return true;
        }
        const now = this.now();
        const { left, at } = this.buckets.get(key) ?? { left: this.perSecond, at: now };
        const room = Math.min(this.perSecond, left + ((now - at) / 1000) * this.perSecond);
        this.buckets.set(key, { left: room >= 1 ? room - 1 : room, at: now });
        return room >= 1;
    }
}
