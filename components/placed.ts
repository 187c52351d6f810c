import * as pulumi from "@pulumi/pulumi";
import type { PlaceSettings } from "../functions/enforcement/settings";
import { Statement } from "./naming";

/** A place that the enforcement function fills. */
export interface Placed {
    /** What the function needs to know of it. */
    readonly settings: pulumi.Output<PlaceSettings>;
    /** What the function needs to be allowed. */
    readonly statements: readonly Statement[];
}
