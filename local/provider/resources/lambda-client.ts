import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { Context } from "../context";

type Sdk = typeof import("@aws-sdk/client-lambda");

/** The Lambda module and a client. */
export async function lambdaClient(ctx: Context): Promise<{ sdk: Sdk; lambda: LambdaClient }> {
    const sdk = await import("@aws-sdk/client-lambda");
    return { sdk, lambda: ctx.client("lambda", sdk.LambdaClient) };
}

/** A function's name out of a name or an ARN. */
export const functionName = (reference: string): string =>
    reference.startsWith("arn:") ? reference.split(":")[6] : reference;
