import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "../config/load";
import { hub } from "./hub";
import { spoke } from "./spoke";

/** The program: the same under `pulumi up` and under the Automation API. */
export async function program(): Promise<Record<string, pulumi.Input<unknown>>> {
    const config = loadConfig();
    return config.role === "hub" ? hub(config) : spoke(config);
}
