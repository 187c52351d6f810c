import { Rule } from "../rule";
import { lambdaDeadLetter } from "./compute/lambdaDeadLetter";
import { lambdaEnvironment } from "./compute/lambdaEnvironment";
import { lambdaRuntime } from "./compute/lambdaRuntime";
import { bucketEncryption } from "./data/bucketEncryption";
import { bucketNoPublicAccess } from "./data/bucketNoPublicAccess";
import { bucketPolicyNotPublic } from "./data/bucketPolicyNotPublic";
import { firehoseEncryption } from "./data/firehoseEncryption";
import { keyPolicyNotPublic } from "./data/keyPolicyNotPublic";
import { keyRotation } from "./data/keyRotation";
import { logGroupEncryption } from "./data/logGroupEncryption";
import { logGroupRetention } from "./data/logGroupRetention";
import { queueEncryption } from "./data/queueEncryption";
import { queuePolicyNotPublic } from "./data/queuePolicyNotPublic";
import { searchEncryption } from "./data/searchEncryption";
import { searchHttps } from "./data/searchHttps";
import { searchNodeToNode } from "./data/searchNodeToNode";
import { secretEncryption } from "./data/secretEncryption";
import { tableEncryption } from "./data/tableEncryption";
import { tableRecovery } from "./data/tableRecovery";
import { topicEncryption } from "./data/topicEncryption";
import { topicPolicyNotPublic } from "./data/topicPolicyNotPublic";
import { noAwsFullAccess } from "./identity/noAwsFullAccess";
import { noWildcardAction } from "./identity/noWildcardAction";
import { noWildcardResource } from "./identity/noWildcardResource";
import { noPublicIngress } from "./network/noPublicIngress";
import { noPublicIpOnLaunch } from "./network/noPublicIpOnLaunch";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
    bucketEncryption,
    bucketNoPublicAccess,
    bucketPolicyNotPublic,
    firehoseEncryption,
    keyPolicyNotPublic,
    keyRotation,
    lambdaDeadLetter,
    lambdaEnvironment,
    lambdaRuntime,
    logGroupEncryption,
    logGroupRetention,
    noAwsFullAccess,
    noPublicIngress,
    noPublicIpOnLaunch,
    noWildcardAction,
    noWildcardResource,
    queueEncryption,
    queuePolicyNotPublic,
    searchEncryption,
    searchHttps,
    searchNodeToNode,
    secretEncryption,
    tableEncryption,
    tableRecovery,
    topicEncryption,
    topicPolicyNotPublic,
];
