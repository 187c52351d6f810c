import { setTimeout as delay } from "node:timers/promises";

/** Waits; tests pass one that does not. */
export type Sleep = (milliseconds: number) => Promise<unknown>;

export const sleep: Sleep = (milliseconds) => delay(milliseconds);

const RETRIES = 6;

/** Sends again, a second apart, as long as the service says that it is asked too often. */
export async function whenThrottled<T>(pause: Sleep, call: () => Promise<T>): Promise<T> {
    return retried(/Throttl|TooManyRequests|Unavailable/i, () => pause(1000), call);
}

/** Does it again, later each time, as long as another writer came first. `attempt` has to read anew. */
export async function whenConflicting<T>(
    pause: Sleep,
    errorName: string,
    attempt: () => Promise<T>,
): Promise<T> {
    return retried(new RegExp(`^${errorName}$`), (tries) => pause(200 * 2 ** tries), attempt);
}

async function retried<T>(
    names: RegExp,
    wait: (tries: number) => Promise<unknown>,
    call: () => Promise<T>,
): Promise<T> {
    for (let tries = 0; ; tries++) {
        try {
            return await call();
        } catch (error) {
            if (!names.test((error as Error).name) || tries >= RETRIES) {
                throw error;
            }
            await wait(tries);
        }
    }
}
