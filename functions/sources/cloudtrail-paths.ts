import { JsonScanner } from "../bytes/json";

/** Values of a CloudTrail event that documents are made of. */
export const CLOUDTRAIL_PATHS = {
    time: "eventTime",
    version: "eventVersion",
    eventId: "eventID",
    eventType: "eventType",
    provider: "eventSource",
    action: "eventName",
    region: "awsRegion",
    address: "sourceIPAddress",
    agent: "userAgent",
    errorCode: "errorCode",
    errorMessage: "errorMessage",
    recipient: "recipientAccountId",
    type: "userIdentity.type",
    userName: "userIdentity.userName",
    principalId: "userIdentity.principalId",
    arn: "userIdentity.arn",
    account: "userIdentity.accountId",
    invokedBy: "userIdentity.invokedBy",
    onBehalfOf: "userIdentity.onBehalfOf.userId",
    issuerName: "userIdentity.sessionContext.sessionIssuer.userName",
    issuerArn: "userIdentity.sessionContext.sessionIssuer.arn",
    targetName: "requestParameters.userName",
    newName: "requestParameters.newUserName",
    groupName: "requestParameters.groupName",
    targetId: "responseElements.user.userId",
    groupId: "responseElements.group.groupId",
    consoleLogin: "responseElements.ConsoleLogin",
    signedInName: "additionalEventData.UserName",
    tlsVersion: "tlsDetails.tlsVersion",
    cipher: "tlsDetails.cipherSuite",
    serverName: "tlsDetails.clientProvidedHostHeader",
    digest: "digestStartTime",
    detail: "detail",
};

export type CloudTrailScanner = JsonScanner<keyof typeof CLOUDTRAIL_PATHS>;

const QUOTE = 34;
const DASH = 45;

/** @returns true when the value is a string that says something: services write "-" or "none" for nothing */
export function has({ found }: JsonScanner, i: number): boolean {
    const start = found.starts[i];
    if (start < 0 || found.bytes[start] !== QUOTE) {
        return false;
    }
    const length = found.ends[i] - start;
    const isNothing =
        (length === 3 && found.bytes[start + 1] === DASH) || (length === 6 && found.is(i, '"none"'));
    return length > 2 && !isNothing;
}

/** @returns the value's text when `has` */
export function textOf(scanner: JsonScanner, i: number): string | undefined {
    return has(scanner, i) ? scanner.text(i) : undefined;
}
