/** Pages whose rows are remembered: a feed of any length takes the same memory. */
const PAGES = 10;

/**
 * The rows of the last pages. Rows move to a later page when others come before them during a run, and are sent
 * twice then.
 */
export class RecentRows {
    private pages: Set<string>[] = [];

    beginPage(): void {
        this.pages = [new Set<string>(), ...this.pages.slice(0, PAGES - 1)];
    }

    /** @returns false for a row that is known */
    add(uuid: string): boolean {
        if (this.pages.some((page) => page.has(uuid))) {
            return false;
        }
        this.pages[0].add(uuid);
        return true;
    }
}
