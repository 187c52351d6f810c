import * as pulumi from "@pulumi/pulumi";

/** An HTTP API (`aws.apigatewayv2`) and a REST API (`aws.apigateway`) know different variables. */
export type ApiType = "http" | "rest";

/** Fields of both types and their `$context` variables (API Gateway developer guide, access logging variables). */
const SHARED: Readonly<Record<string, string>> = {
    requestId: "requestId",
    requestTime: "requestTime",
    requestTimeEpoch: "requestTimeEpoch",
    accountId: "accountId",
    apiId: "apiId",
    stage: "stage",
    domainName: "domainName",
    ip: "identity.sourceIp",
    httpMethod: "httpMethod",
    protocol: "protocol",
    status: "status",
    responseLength: "responseLength",
    responseLatency: "responseLatency",
    integrationLatency: "integrationLatency",
    integrationStatus: "integrationStatus",
    integrationRequestId: "integration.requestId",
    integrationError: "integration.error",
    callerPrincipal: "identity.caller",
    callerAccountId: "identity.accountId",
    callerUser: "identity.user",
    callerUserArn: "identity.userArn",
    callerOrganizationId: "identity.principalOrgId",
    authorizerPrincipal: "authorizer.principalId",
    authorizerError: "authorizer.error",
    errorType: "error.responseType",
    errorMessage: "error.message",
};

const OWN: Readonly<Record<ApiType, Readonly<Record<string, string>>>> = {
    http: { routeKey: "routeKey", dataProcessed: "dataProcessed" },
    rest: {
        extendedRequestId: "extendedRequestId",
        resourcePath: "resourcePath",
        apiKeyId: "identity.apiKeyId",
        authorizerStatus: "authorizer.status",
        wafStatus: "waf.status",
        wafResponse: "wafResponseCode",
        wafError: "waf.error",
        webAclArn: "webaclArn",
        traceId: "xrayTraceId",
    },
};

/**
 * What clients choose freely stands last: API Gateway puts values between the quotes as they are, so that a quotation
 * mark in one of them spoils nothing before it.
 */
const FROM_CLIENT: Readonly<Record<string, string>> = {
    path: "path",
    userAgent: "identity.userAgent",
};

/** The `$context` variable of each field, in order of the record. A variable without a value is logged as `-`. */
export function accessLogFields(type: ApiType): Readonly<Record<string, string>> {
    return { ...SHARED, ...OWN[type], ...FROM_CLIENT };
}

/** The access log format that the `apigateway` source reads: one flat JSON object a request, all values text. */
export function accessLogFormat(type: ApiType): string {
    const fields = Object.entries(accessLogFields(type)).map(
        ([name, variable]) => `"${name}":"$context.${variable}"`,
    );
    return `{${fields.join(",")}}`;
}

/** What a stage logs and where: `accessLogSettings` of `aws.apigatewayv2.Stage` and of `aws.apigateway.Stage`. */
export interface AccessLogSettings {
    readonly destinationArn: pulumi.Input<string>;
    readonly format: string;
}

/** The `accessLogSettings` of a stage whose access log the `apigateway` source reads from the log group. */
export function accessLogSettings(logGroupArn: pulumi.Input<string>, type: ApiType): AccessLogSettings {
    return { destinationArn: logGroupArn, format: accessLogFormat(type) };
}
