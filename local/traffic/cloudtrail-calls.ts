import { Random } from "./random";
import { Sightings } from "./sightings";
import { TrafficOptions } from "./traffic";

type Json = Readonly<Record<string, unknown>>;

/** Members of an event beside those that all events have. */
export type Call = (options: TrafficOptions, sightings: Sightings) => Json;

const AGENTS = [
    "aws-cli/2.22.1 md/awscrt#0.23.4 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6",
    "APN/1.0 HashiCorp/1.0 Terraform/1.10.2 (+https://www.terraform.io) terraform-provider-aws/5.80.0",
    '[Mozilla/5.0 (Windows NT 10.0; Win64; x64) "console" Chrome/142.0.0.0 Safari/537.36]',
];

/** What most calls have. @param host that the client sends: the service's own, unless it is bad */
function called(sightings: Sightings, service: string, name: string, readOnly: boolean, host: string): Json {
    const { random } = sightings;
    return {
        eventSource: `${service}.amazonaws.com`,
        eventName: name,
        sourceIPAddress: sightings.address(),
        userAgent: random.pick(AGENTS),
        requestID: random.hex(32),
        readOnly,
        eventType: "AwsApiCall",
        managementEvent: true,
        eventCategory: "Management",
        tlsDetails: {
            tlsVersion: "TLSv1.3",
            cipherSuite: "TLS_AES_128_GCM_SHA256",
            clientProvidedHostHeader: sightings.domain(host),
        },
    };
}

function role(accountId: string, random: Random): Json {
    return {
        type: "AssumedRole",
        principalId: `AROA${random.hex(17).toUpperCase()}:deploy`,
        arn: `arn:aws:sts::${accountId}:assumed-role/deploy/session`,
        accountId,
        accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
        sessionContext: {
            sessionIssuer: {
                type: "Role",
                arn: `arn:aws:iam::${accountId}:role/deploy`,
                accountId,
                userName: "deploy",
            },
            attributes: { creationDate: "2026-11-24T06:00:00Z", mfaAuthenticated: "false" },
        },
    };
}

/** What users send is kept as they sent it: a member that looks like one of the event's own must not be taken for it. */
const describeInstances: Call = ({ accountId, region }, sightings) => ({
    ...called(sightings, "ec2", "DescribeInstances", true, `ec2.${region}.amazonaws.com`),
    userIdentity: role(accountId, sightings.random),
    requestParameters: {
        filterSet: { items: [{ name: "tag:Name", valueSet: { items: [{ value: 'web "blue"' }] } }] },
        sourceIPAddress: "198.51.100.1",
        eventTime: "never",
    },
    responseElements: null,
});

const getObject: Call = ({ accountId, region }, sightings) => ({
    ...called(sightings, "s3", "GetObject", true, `assets.s3.${region}.amazonaws.com`),
    userIdentity: sightings.random.chance(0.2)
        ? { type: "AWSAccount", principalId: "", accountId: "anonymous" }
        : role(accountId, sightings.random),
    requestParameters: { bucketName: "assets", Host: `assets.s3.${region}.amazonaws.com`, key: "a b/ü.json" },
    responseElements: null,
    resources: [{ type: "AWS::S3::Object", ARN: "arn:aws:s3:::assets/a b/ü.json" }],
    managementEvent: false,
    eventCategory: "Data",
});

/** The type of a parameter changes from call to call: here a text, there an object. */
const putBucketPolicy: Call = ({ accountId, region }, sightings) => ({
    ...called(sightings, "s3", "PutBucketPolicy", false, `s3.${region}.amazonaws.com`),
    userIdentity: role(accountId, sightings.random),
    requestParameters: {
        bucketName: "assets",
        bucketPolicy: sightings.random.chance(0.5)
            ? { Version: "2012-10-17", Statement: [{ Effect: "Deny", Principal: "*" }] }
            : '{"Version":"2012-10-17"}',
    },
    ...(sightings.random.chance(0.3)
        ? {
              errorCode: "AccessDenied",
              errorMessage: 'User is not authorized to perform "s3:PutBucketPolicy"',
          }
        : {}),
    responseElements: null,
});

const consoleLogin: Call = ({ accountId }, sightings) => {
    const failed = sightings.random.chance(0.4);
    return {
        ...called(sightings, "signin", "ConsoleLogin", false, "signin.aws.amazon.com"),
        eventType: "AwsConsoleSignIn",
        userIdentity: { type: "IAMUser", principalId: "AIDAEXAMPLE", accountId, userName: "alice" },
        requestParameters: null,
        responseElements: { ConsoleLogin: failed ? "Failure" : "Success" },
        additionalEventData: { MFAUsed: "Yes", LoginTo: "https://console.aws.amazon.com/console/home" },
        ...(failed ? { errorMessage: "Failed authentication" } : {}),
    };
};

const createUser: Call = ({ accountId }, sightings) => ({
    ...called(sightings, "iam", "CreateUser", false, "iam.amazonaws.com"),
    userIdentity: { type: "Root", principalId: accountId, arn: `arn:aws:iam::${accountId}:root`, accountId },
    requestParameters: { userName: "mallory" },
    responseElements: {
        user: {
            userName: "mallory",
            userId: `AIDA${sightings.random.hex(17)}`,
            path: "/",
            createDate: "Nov 24, 2026",
        },
    },
});

/** A service that acts by itself has a name for an address. */
const assumeRoleByService: Call = ({ accountId }, { random }) => ({
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRole",
    sourceIPAddress: "lambda.amazonaws.com",
    userAgent: "lambda.amazonaws.com",
    userIdentity: { type: "AWSService", invokedBy: "lambda.amazonaws.com" },
    requestParameters: { roleArn: `arn:aws:iam::${accountId}:role/worker`, roleSessionName: "worker" },
    responseElements: { credentials: { accessKeyId: `ASIA${random.hex(16).toUpperCase()}` } },
    readOnly: true,
    eventType: "AwsApiCall",
    managementEvent: true,
    sharedEventID: random.hex(32),
    eventCategory: "Management",
});

const networkActivity: Call = ({ accountId, region }, { random }) => ({
    eventSource: "kms.amazonaws.com",
    eventName: "Decrypt",
    sourceIPAddress: `10.0.2.${1 + random.below(250)}`,
    userIdentity: { type: "AWSAccount", principalId: "AKIAEXAMPLE", accountId },
    errorCode: "VpceAccessDenied",
    errorMessage: "The request was denied due to a VPC endpoint policy",
    eventType: "AwsVpceEvent",
    vpcEndpointId: `vpce-0${random.hex(16)}`,
    vpcEndpointAccountId: accountId,
    eventCategory: "NetworkActivity",
    addendum: region === "eu-west-1" ? { reason: "DELIVERY_DELAY" } : undefined,
});

/** An unusual rate of calls, of nobody and from nowhere. */
const insight: Call = (_, { random }) => ({
    eventType: "AwsCloudTrailInsight",
    eventCategory: "Insight",
    sharedEventID: random.hex(32),
    insightDetails: {
        state: random.pick(["Start", "End"]),
        eventSource: "ssm.amazonaws.com",
        eventName: "UpdateInstanceInformation",
        insightType: "ApiCallRateInsight",
        insightContext: { statistics: { baseline: { average: 85.4 }, insight: { average: 664 } } },
    },
});

/** What accounts call, by how often. */
export const CALLS: readonly Call[] = [
    describeInstances,
    describeInstances,
    getObject,
    getObject,
    putBucketPolicy,
    consoleLogin,
    createUser,
    assumeRoleByService,
    networkActivity,
    insight,
];
