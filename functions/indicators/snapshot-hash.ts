/**
 * The 32-bit hash of names. It runs from the end of the text, so that one pass over a name gives the hashes of all its
 * parents. Collisions cost time, never a wrong answer: texts are compared.
 */
export const HASH_SEED = 0x811c9dc5 | 0;

export function hashStep(state: number, code: number): number {
    const mixed = Math.imul(state ^ code, 0x01000193);
    return mixed ^ (mixed >>> 15);
}

/** Spreads the bits: look-ups go by the upper half, then by the lower. */
export function hashFinish(state: number): number {
    const once = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
    return (twice ^ (twice >>> 16)) >>> 0;
}

/** @returns an unsigned number */
export function hashOf(text: string): number {
    let state = HASH_SEED;
    for (let i = text.length - 1; i >= 0; i--) {
        state = hashStep(state, text.charCodeAt(i));
    }
    return hashFinish(state);
}
