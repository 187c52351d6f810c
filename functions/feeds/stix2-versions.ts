import { StixObject } from "./stix2";

/** Ids to remember, about 25 MB. */
const MOST = 200_000;

/**
 * Knows the newest version of the objects that a pass has met last. TAXII sends the newest version alone unless asked
 * for others, but the same object may be in several collections, and some servers send all versions. A version that
 * comes before a newer one on a later page gets through: the next full pass settles it.
 */
export class NewestVersions {
    private readonly seen = new Map<string, number>();

    constructor(private readonly most = MOST) {}

    /** @returns the objects of a page, without versions older than one that is on it or was on an earlier one */
    of(objects: readonly StixObject[]): StixObject[] {
        for (const object of objects) {
            const { id } = object;
            if (typeof id === "string" && version(object) >= (this.seen.get(id) ?? 0)) {
                this.seen.set(id, version(object));
            }
        }
        const newest = objects.filter(
            (object) => typeof object.id !== "string" || version(object) === this.seen.get(object.id),
        );
        for (const id of this.seen.keys()) {
            if (this.seen.size <= this.most) {
                break;
            }
            this.seen.delete(id);
        }
        return newest;
    }
}

function version({ modified, created }: StixObject): number {
    const time = modified ?? created;
    return (typeof time === "string" && Date.parse(time)) || 0;
}
