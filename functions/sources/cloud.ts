import { Members, members } from "../documents/writer";

/**
 * The members of `cloud` that every record of AWS has. @param accountId "" for unknown
 * @param region "" for unknown
 */
export function cloudMembers(accountId: string, region: string, service?: string): Members {
    return members({
        provider: "aws",
        service: service === undefined ? undefined : { name: service },
        account: accountId === "" ? undefined : { id: accountId },
        region: region === "" ? undefined : region,
    });
}
