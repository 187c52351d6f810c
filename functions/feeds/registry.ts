import { S3Reader } from "../s3-object";
import { openCsv } from "./csv";
import { FeedDefinition } from "./definition";
import { FeedReader } from "./feed";
import { FeedHttp } from "./http";
import { openMisp } from "./misp";
import { openMispFeed } from "./misp-feed";
import { openTaxii1 } from "./taxii1";
import { openTaxii2 } from "./taxii2";
import { openText } from "./text";

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

type Protocol = FeedDefinition["protocol"];

/** Makes the reader of a protocol. */
export type OpenFeed<P extends Protocol> = (
    definition: Extract<FeedDefinition, { protocol: P }>,
    tools: FeedTools,
) => FeedReader;

const PROTOCOLS: { readonly [P in Protocol]: OpenFeed<P> } = {
    misp: openMisp,
    taxii2: openTaxii2,
    taxii1: openTaxii1,
    text: openText,
    csv: openCsv,
    "misp-feed": openMispFeed,
};

/** Makes the reader of a feed. Nothing is asked before it is read. */
export const openFeed: OpenFeed<Protocol> = (definition, tools) =>
    (PROTOCOLS[definition.protocol] as OpenFeed<Protocol>)(definition, tools);
