import { Random } from "../../local/traffic/random";

const ACCOUNT = "222222222222";
const AGENTS = [
    "aws-cli/2.22.1 md/awscrt#0.23.4 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.6 cfg/retry-mode#standard",
    "Boto3/1.35.76 md/Botocore#1.35.76 ua/2.0 os/linux#5.10 md/arch#aarch64 lang/python#3.11.9 Botocore/1.35.76",
    "APN/1.0 HashiCorp/1.0 Terraform/1.10.2 (+https://www.terraform.io) terraform-provider-aws/5.80.0",
    '[Mozilla/5.0 (Windows NT 10.0; Win64; x64) "console" Chrome/131.0.0.0 Safari/537.36]',
];

type Json = Readonly<Record<string, unknown>>;

interface Call {
    readonly source: string;
    readonly name: string;
    readonly readOnly: boolean;
    readonly data?: boolean;
    parameters(random: Random): Json | null;
    response(random: Random): Json | null;
}

const CALLS: readonly Call[] = [
    {
        source: "ec2.amazonaws.com",
        name: "DescribeInstances",
        readOnly: true,
        parameters: (random) => ({
            instancesSet: {
                items: [{ instanceId: `i-0${random.hex(16)}` }, { instanceId: `i-0${random.hex(16)}` }],
            },
            filterSet: { items: [{ name: "tag:Name", valueSet: { items: [{ value: 'web "blue"' }] } }] },
        }),
        response: () => null,
    },
    {
        source: "s3.amazonaws.com",
        name: "GetObject",
        readOnly: true,
        data: true,
        parameters: (random) => ({
            bucketName: "shop-production-assets",
            Host: "shop-production-assets.s3.us-east-1.amazonaws.com",
            key: `orders/2026/11/${random.hex(12)}.json`,
        }),
        response: () => null,
    },
    {
        source: "sts.amazonaws.com",
        name: "AssumeRole",
        readOnly: true,
        parameters: (random) => ({
            roleArn: `arn:aws:iam::${ACCOUNT}:role/deploy`,
            roleSessionName: `session-${random.hex(8)}`,
            durationSeconds: 3600,
        }),
        response: (random) => ({
            credentials: {
                accessKeyId: `ASIA${random.hex(16).toUpperCase()}`,
                expiration: "Nov 24, 2026, 2:31:07 PM",
            },
            assumedRoleUser: {
                assumedRoleId: `AROA${random.hex(17)}:session`,
                arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`,
            },
        }),
    },
    {
        source: "iam.amazonaws.com",
        name: "PutRolePolicy",
        readOnly: false,
        parameters: (random) => ({
            roleName: `service-${random.hex(4)}`,
            policyName: "inline",
            policyDocument:
                '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
        }),
        response: () => null,
    },
    {
        source: "ec2.amazonaws.com",
        name: "AuthorizeSecurityGroupIngress",
        readOnly: false,
        parameters: (random) => ({
            groupId: `sg-0${random.hex(16)}`,
            ipPermissions: {
                items: [
                    {
                        ipProtocol: "tcp",
                        fromPort: 22,
                        toPort: 22,
                        ipRanges: { items: [{ cidrIp: "0.0.0.0/0" }] },
                    },
                ],
            },
        }),
        response: (random) => ({ requestId: random.hex(32), _return: true }),
    },
];

function uuid(random: Random): string {
    return `${random.hex(8)}-${random.hex(4)}-4${random.hex(3)}-8${random.hex(3)}-${random.hex(12)}`;
}

function identity(random: Random, time: string): Json {
    const key = `ASIA${random.hex(16).toUpperCase()}`;
    if (random.chance(0.3)) {
        const userName = `user${random.below(200)}`;
        const arn = `arn:aws:iam::${ACCOUNT}:user/${userName}`;
        return {
            type: "IAMUser",
            principalId: `AIDA${userName}`,
            arn,
            accountId: ACCOUNT,
            accessKeyId: key,
            userName,
        };
    }
    const role = `service-${random.below(300)}`;
    const principalId = `AROA${role}EXAMPLE`;
    return {
        type: "AssumedRole",
        principalId: `${principalId}:session-${random.hex(6)}`,
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/session-${random.hex(6)}`,
        accountId: ACCOUNT,
        accessKeyId: key,
        sessionContext: {
            sessionIssuer: {
                type: "Role",
                principalId,
                arn: `arn:aws:iam::${ACCOUNT}:role/${role}`,
                accountId: ACCOUNT,
                userName: role,
            },
            attributes: { creationDate: time, mfaAuthenticated: "false" },
        },
    };
}

/** A CloudTrail event; one in twenty is a call that a service makes, and names the service for an address. */
export function cloudtrailRecord(random: Random, client: string, time: number): string {
    const call = random.pick(CALLS);
    const eventTime = `${new Date(time).toISOString().slice(0, 19)}Z`;
    const byService = random.chance(0.05);
    const denied = random.chance(0.04);
    return JSON.stringify({
        eventVersion: "1.11",
        userIdentity: byService
            ? { type: "AWSService", invokedBy: "autoscaling.amazonaws.com" }
            : identity(random, eventTime),
        eventTime,
        eventSource: call.source,
        eventName: call.name,
        awsRegion: random.pick(["us-east-1", "us-east-1", "eu-west-1"]),
        sourceIPAddress: byService ? "autoscaling.amazonaws.com" : client,
        userAgent: byService ? "autoscaling.amazonaws.com" : random.pick(AGENTS),
        errorCode: denied ? "AccessDenied" : undefined,
        errorMessage: denied ? `User is not authorized to perform: "${call.name}"` : undefined,
        requestParameters: call.parameters(random),
        responseElements: denied ? null : call.response(random),
        additionalEventData: call.data
            ? {
                  SignatureVersion: "SigV4",
                  CipherSuite: "TLS_AES_128_GCM_SHA256",
                  bytesTransferredIn: 0,
                  bytesTransferredOut: random.below(90_000),
              }
            : undefined,
        requestID: uuid(random),
        eventID: uuid(random),
        readOnly: call.readOnly,
        resources: call.data
            ? [{ type: "AWS::S3::Object", ARNPrefix: "arn:aws:s3:::shop-production-assets/" }]
            : undefined,
        eventType: "AwsApiCall",
        managementEvent: !call.data,
        recipientAccountId: ACCOUNT,
        eventCategory: call.data ? "Data" : "Management",
        tlsDetails: {
            tlsVersion: "TLSv1.3",
            cipherSuite: "TLS_AES_128_GCM_SHA256",
            clientProvidedHostHeader: call.source.replace(".", ".us-east-1."),
        },
    });
}
