/** A tool is missing or cannot be had. The message is one line that says what to do. */
export class ToolError extends Error {
    constructor(message: string) {
        super(message);
        this.name = "ToolError";
    }
}

/** Told what is being done; each message is one line. */
export type Progress = (message: string) => void;
