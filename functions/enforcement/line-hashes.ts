import { Change } from "./report";

/** A million lines as 8 MB of hashes, to count what two lists have in common. For reports: hashes may collide. */
export class LineHashes {
    private hashes = new Float64Array(1024);
    private count = 0;

    add(line: string): void {
        if (this.count === this.hashes.length) {
            const larger = new Float64Array(this.count * 2);
            larger.set(this.hashes);
            this.hashes = larger;
        }
        this.hashes[this.count++] = hash(line);
    }

    /** What came to and went from `before`. */
    changeSince(before: LineHashes): Change {
        const now = this.sorted();
        const old = before.sorted();
        let unchanged = 0;
        for (let i = 0, j = 0; i < now.length && j < old.length;) {
            if (now[i] === old[j]) {
                unchanged++;
                i++;
                j++;
            } else if (now[i] < old[j]) {
                i++;
            } else {
                j++;
            }
        }
        return { added: now.length - unchanged, removed: old.length - unchanged, unchanged };
    }

    private sorted(): Float64Array {
        return this.hashes.slice(0, this.count).sort();
    }
}

/** FNV-1a twice, with different seeds: 52 bits. */
function hash(line: string): number {
    let low = 0x811c9dc5;
    let high = 0x050c5d1f;
    for (let i = 0; i < line.length; i++) {
        const code = line.charCodeAt(i);
        low = Math.imul(low ^ code, 0x01000193);
        high = Math.imul(high ^ (code + i), 0x01000193);
    }
    return (high >>> 12) * 0x100000000 + (low >>> 0);
}
