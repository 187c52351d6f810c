import { InvokeCommand, TooManyRequestsException } from "@aws-sdk/client-lambda";
import { setTimeout as delay } from "node:timers/promises";
import { CommandError, Hub } from "./hub";

const TRIES = 120;

/**
 * Invokes a function of the hub and waits for its answer. One that runs already, and may only once at a time, is waited
 * for.
 * @throws CommandError with the function's own message when it fails
 */
export async function invoke(
    { lambda }: Pick<Hub, "lambda">,
    name: string,
    event: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
    for (let attempt = 1; ; attempt++) {
        try {
            const answer = await lambda.send(
                new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(event)) }),
            );
            const payload = JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8") || "{}") as Record<
                string,
                unknown
            >;
            if (answer.FunctionError) {
                throw new CommandError(
                    `${name} failed: ${String(payload.errorMessage ?? answer.FunctionError)}`,
                );
            }
            return payload;
        } catch (error) {
            if (!(error instanceof TooManyRequestsException) || attempt === TRIES) {
                throw error;
            }
            await delay(5000 / Math.max(1, 6 - attempt));
        }
    }
}
