import { Spans } from "../bytes/span";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { writeInteger } from "../documents/numbers";
import { key, Key } from "../documents/writer";

/**
 * The fields of a server access log, in order (docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html). New ones
 * come at the end.
 */
export enum Field {
    bucketOwner,
    bucket,
    time,
    remoteIp,
    requester,
    requestId,
    operation,
    key,
    requestUri,
    status,
    errorCode,
    bytesSent,
    objectSize,
    totalTime,
    turnAroundTime,
    referrer,
    userAgent,
    versionId,
    hostId,
    signatureVersion,
    cipherSuite,
    authenticationType,
    hostHeader,
    tlsVersion,
    accessPointArn,
    aclRequired,
    sourceRegion,
    count,
}

const KEY = keys("aws", "s3access");

/** Elastic's names of the fields under `aws.s3access`. */
const OWN: readonly { readonly field: Field; readonly name: Key; readonly isNumber: boolean }[] = [
    own(Field.bucketOwner, "bucket_owner"),
    own(Field.bucket, "bucket"),
    own(Field.remoteIp, "remote_ip"),
    own(Field.requester, "requester"),
    own(Field.requestId, "request_id"),
    own(Field.operation, "operation"),
    own(Field.key, "key"),
    own(Field.requestUri, "request_uri"),
    own(Field.status, "http_status", true),
    own(Field.errorCode, "error_code"),
    own(Field.bytesSent, "bytes_sent", true),
    own(Field.objectSize, "object_size", true),
    own(Field.totalTime, "total_time", true),
    own(Field.turnAroundTime, "turn_around_time", true),
    own(Field.referrer, "referrer"),
    own(Field.userAgent, "user_agent"),
    own(Field.versionId, "version_id"),
    own(Field.hostId, "host_id"),
    own(Field.signatureVersion, "signature_version"),
    own(Field.cipherSuite, "cipher_suite"),
    own(Field.authenticationType, "authentication_type"),
    own(Field.hostHeader, "host_header"),
    own(Field.tlsVersion, "tls_version"),
    own(Field.accessPointArn, "access_point_arn"),
    own(Field.aclRequired, "aclrequired"),
    own(Field.sourceRegion, "source_region"),
];

function own(field: Field, name: string, isNumber = false) {
    return { field, name: key(name), isNumber };
}

export function writeOwn(document: Document, fields: Spans): void {
    document.open(KEY.aws);
    document.open(KEY.s3access);
    for (const { field, name, isNumber } of OWN) {
        if (isNumber) {
            writeInteger(document, name, fields.bytes, fields.starts[field], fields.ends[field]);
        } else {
            document.piece(name, fields, field);
        }
    }
    document.close();
    document.close();
}
