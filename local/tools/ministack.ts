import { Progress } from "./error";
import { ensurePythonPackages } from "./pythonPackages";

/** Release of MiniStack that this project is tested on. */
export const MINISTACK_VERSION = "1.5.33";

/** @returns the Python of a virtual environment that has MiniStack, made if need be */
export function ensureMiniStack(progress: Progress): Promise<string> {
    return ensurePythonPackages(
        `MiniStack ${MINISTACK_VERSION}`,
        [`ministack==${MINISTACK_VERSION}`],
        progress,
    );
}
