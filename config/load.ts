import * as pulumi from "@pulumi/pulumi";
import { parseConfig, StackConfig } from "./schema";

const NAMESPACE = "syntheticsun:";

/** Reads the running stack's settings. The only place that touches `pulumi.Config`. */
export function loadConfig(): StackConfig {
    const raw: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
        if (key.startsWith(NAMESPACE)) {
            raw[key.slice(NAMESPACE.length)] = decode(key.slice(NAMESPACE.length), text);
        }
    }
    return parseConfig(raw);
}

/** Engine configuration is text: objects, lists, numbers and booleans arrive as JSON. An account id must stay text. */
function decode(key: string, text: string): unknown {
    if (key === "account" || !/^(\[|\{|true$|false$|-?\d+(\.\d+)?$)/.test(text)) {
        return text;
    }
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}
