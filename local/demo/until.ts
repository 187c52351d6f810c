import { setTimeout as sleep } from "node:timers/promises";

/** What was waited for did not come. */
export class LateError extends Error {}

/**
 * Asks again until there is an answer.
 * @param longestPause between two questions, in milliseconds
 * @throws LateError that names what did not come, after `milliseconds`
 */
export async function until<T>(
    what: string,
    milliseconds: number,
    ask: () => Promise<T | undefined>,
    longestPause = 1000,
): Promise<T> {
    const deadline = Date.now() + milliseconds;
    for (let pause = 100; ; pause = Math.min(longestPause, pause * 1.5)) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        if (Date.now() > deadline) {
            throw new LateError(`${what} did not come within ${milliseconds / 1000} s`);
        }
        await sleep(pause);
    }
}
