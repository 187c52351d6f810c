import { FeedDefinition } from "./definition";
import { FeedReader } from "./feed";
import { FeedHttp } from "./http";
import { S3Reader } from "../s3-object";

/** What readers work with. */
export interface FeedTools {
    readonly http: FeedHttp;
    /** For `s3://` URLs. */
    readonly s3: S3Reader;
    /** The feed's secret, where it has one. */
    readonly secret?: string;
    readonly now: () => Date;
    /** For tests. */
    readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Makes the reader of a protocol. */
export type OpenFeed<Protocol extends FeedDefinition["protocol"]> = (
    definition: Extract<FeedDefinition, { protocol: Protocol }>,
    tools: FeedTools,
) => FeedReader;
