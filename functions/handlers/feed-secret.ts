import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { FeedError } from "../feeds/feed-error";

/** Faults of Secrets Manager that do not pass by themselves, and what to do about them. */
const LASTING: Readonly<Record<string, string>> = {
    ResourceNotFoundException:
        "does not exist or holds no value yet: put it with `aws secretsmanager put-secret-value`",
    AccessDeniedException:
        "may not be read by this function: allow secretsmanager:GetSecretValue, and its KMS key",
    DecryptionFailure: "cannot be decrypted: allow the function to use its KMS key",
    InvalidRequestException: "cannot be read: restore it if it is marked for deletion",
};

/**
 * What a feed is asked with. It is read at each run, so that a rotated secret just works.
 * @throws FeedError `configuration` when there is no such secret, it may not be read, or it is no text
 */
export async function readFeedSecret(
    secrets: Pick<SecretsManagerClient, "send">,
    arn: string,
): Promise<string> {
    let secret: string | undefined;
    try {
        secret = (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString?.trim();
    } catch (error) {
        const advice = LASTING[(error as Error).name];
        throw advice ? new FeedError("configuration", `secret ${arn} ${advice}`, { cause: error }) : error;
    }
    if (!secret) {
        throw new FeedError("configuration", `secret ${arn} holds no text: put the feed's key into it`);
    }
    return secret;
}
