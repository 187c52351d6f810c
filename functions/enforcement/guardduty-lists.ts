import { GuardDutySet, SetState } from "./guardduty-sets";
import { ListFiles, listText, shortDigest } from "./list-files";
import { Change, changeOf } from "./report";
import { sleep, Sleep, whenThrottled } from "./retry";
import { spread } from "./shards";

export interface SetOptions {
    readonly files: ListFiles;
    readonly pause?: Sleep;
}

/** GuardDuty takes seconds to activate a list. What takes longer goes on without us: the next run looks again. */
const LOOKS = 20;
const LOOK_PAUSE = 3000;

/**
 * Makes sets hold the entries. The key of a list file holds the hash of its content: the file is written first,
 * then the set is pointed to it, so that a run may end anywhere and the next one goes on.
 * @throws Error when GuardDuty refuses a list, after all sets were tried
 */
export async function enforceSets(
    options: SetOptions,
    sets: readonly GuardDutySet[],
    wanted: readonly string[],
    maxPerSet: number,
): Promise<Change> {
    const states: SetState[] = [];
    const present: string[][] = [];
    for (const set of sets) {
        const state = await look(options, set);
        const key = inForce(state) ? keyIn(options.files, set, state) : undefined;
        states.push(state);
        present.push(key ? await options.files.read(key) : []);
    }
    const targets = spread(wanted, present, maxPerSet);
    const failures: string[] = [];
    for (const [index, set] of sets.entries()) {
        try {
            await enforceSet(options, set, states[index], listText(targets[index]));
        } catch (error) {
            failures.push(error instanceof Error ? error.message : String(error));
        }
    }
    if (failures.length > 0) {
        throw new Error(failures.join("; "));
    }
    return changeOf(wanted, new Set(present.flat()));
}

async function enforceSet(
    options: SetOptions,
    set: GuardDutySet,
    state: SetState,
    text: string,
): Promise<void> {
    const pause = options.pause ?? sleep;
    const { files } = options;
    if (text === "") {
        // GuardDuty takes no empty list: a set without entries is switched off.
        if (state.status !== "INACTIVE") {
            await whenThrottled(pause, () => set.deactivate());
            await settled(options, set);
        }
        return;
    }
    const key = `${prefixOf(set)}${shortDigest(text)}.txt`;
    let now = state;
    if (now.location !== files.uri(key) || !inForce(now)) {
        await files.write(key, text);
        await whenThrottled(pause, () => set.activate(files.uri(key)));
        now = await settled(options, set);
    }
    if (now.status === "ERROR") {
        throw new Error(
            `GuardDuty refuses list ${set.id} (${files.uri(key)}): ${now.error ?? "no reason given"}`,
        );
    }
    if (now.status === "ACTIVE") {
        await files.removeOthers(prefixOf(set), key);
    }
}

/** The state once GuardDuty is done with what it was told before. */
async function look(options: SetOptions, set: GuardDutySet): Promise<SetState> {
    const state = await settled(options, set);
    if (state.status.startsWith("DELETE")) {
        throw new Error(`GuardDuty's list ${set.id} was deleted: deploy again`);
    }
    return state;
}

async function settled({ pause = sleep }: SetOptions, set: GuardDutySet): Promise<SetState> {
    for (let looks = 1; ; looks++) {
        const state = await whenThrottled(pause, () => set.get());
        if (!/^(DE)?ACTIVATING$/.test(state.status) || looks === LOOKS) {
            return state;
        }
        await pause(LOOK_PAUSE);
    }
}

function inForce({ status }: SetState): boolean {
    return status === "ACTIVE" || status === "ACTIVATING";
}

function prefixOf({ id }: GuardDutySet): string {
    return `guardduty/${id}-`;
}

/** Key of the list file in force, when it is one of ours. */
function keyIn(files: ListFiles, set: GuardDutySet, { location }: SetState): string | undefined {
    return location.startsWith(files.uri(prefixOf(set))) ? location.slice(files.uri("").length) : undefined;
}
