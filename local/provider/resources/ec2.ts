import type { ResourceEntry } from "../resource";
import { ec2Endpoint } from "./ec2-endpoint";
import { ec2Gateways } from "./ec2-gateways";
import { ec2Routes } from "./ec2-routes";
import { ec2Security } from "./ec2-security";
import { ec2Vpc } from "./ec2-vpc";

/** Networks. */
export const ec2: readonly ResourceEntry[] = [
    ...ec2Vpc,
    ...ec2Security,
    ...ec2Routes,
    ...ec2Gateways,
    ...ec2Endpoint,
];
