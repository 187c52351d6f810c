import { LambdaClient, LambdaClientConfig } from "@aws-sdk/client-lambda";
import { NodeHttpHandler } from "@smithy/node-http-handler";

/** The longest that a function may take, milliseconds. */
const LONGEST_CALL = 900_000;

/** A client that waits as long as functions take, and asks once: what was asked twice would be done twice. */
export function lambdaClient(config: LambdaClientConfig): LambdaClient {
    const requestHandler = new NodeHttpHandler({ requestTimeout: LONGEST_CALL });
    return new LambdaClient({ ...config, requestHandler, maxAttempts: 1 });
}
