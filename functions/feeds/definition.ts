/** How a feed's server is known, where the system's certificate authorities do not vouch for it. One of the two. */
export interface FeedTls {
    /** Certificates of the authorities to trust, PEM. */
    readonly ca?: string;
    /** SHA-256 fingerprint of the server's own certificate, hex with or without colons. */
    readonly fingerprint?: string;
}

/** How a feed is asked for. The secret itself is in Secrets Manager, never here. */
export type FeedAuth =
    /** The secret is the value of this header, for example `Auth-Key`. */
    | { readonly type: "header"; readonly name: string }
    /** The secret is `user:password`. */
    | { readonly type: "basic" }
    /** The secret is the token. */
    | { readonly type: "bearer" };

interface Common {
    /** 1 to 40 of a-z, 0-9 and -. Matches name the feed by it. */
    readonly name: string;
    /** 0 to 100: of values of which the feed does not say how certain they are. */
    readonly confidence: number;
    /** Days that an indicator lives after the feed was last seen to have it. */
    readonly ttlDays: number;
    readonly auth?: FeedAuth;
    /** ARN of the secret that `auth` needs. */
    readonly secretArn?: string;
    readonly tls?: FeedTls;
}

/** MISP's `/attributes/restSearch`. */
export interface MispDefinition extends Common {
    readonly protocol: "misp";
    readonly url: string;
    /** Attributes or events with one of these tags are indicators. */
    readonly tags: readonly string[];
    /** Rows a page. @default 5000 */
    readonly pageSize?: number;
    /** Refuse what is on a warning list that is enabled in MISP. */
    readonly warningLists?: boolean;
}

/** TAXII 2.1 with STIX 2.1. */
export interface Taxii2Definition extends Common {
    readonly protocol: "taxii2";
    /** Of the discovery (`https://host/taxii2/`), or of an API root. */
    readonly url: string;
    /** Ids, aliases or titles. Left out, all that can be read. */
    readonly collections?: readonly string[];
    /** Hours after which a pass reads everything again and not only what was added. @default 24 */
    readonly fullEveryHours?: number;
}

/** TAXII 1.1 with STIX 1.x. */
export interface Taxii1Definition extends Common {
    readonly protocol: "taxii1";
    /** Of the discovery service. */
    readonly url: string;
    /** Names. Left out, all that can be polled. */
    readonly collections?: readonly string[];
}

/** One value a line, `#` or `;` begins a comment. `https://` or `s3://bucket/key`. */
export interface TextDefinition extends Common {
    readonly protocol: "text";
    readonly url: string;
}

/** Values in a column. */
export interface CsvDefinition extends Common {
    readonly protocol: "csv";
    readonly url: string;
    /** Columns that hold values, counted from 1. */
    readonly columns: readonly number[];
    /** @default "," */
    readonly delimiter?: string;
    /** The first row that is no comment names the columns. */
    readonly header?: boolean;
}

/** A directory of MISP events: `manifest.json` and one JSON file an event. `https://` or `s3://bucket/prefix/`. */
export interface MispFeedDefinition extends Common {
    readonly protocol: "misp-feed";
    readonly url: string;
}

/** A feed as it is configured. */
export type FeedDefinition =
    | MispDefinition
    | Taxii2Definition
    | Taxii1Definition
    | TextDefinition
    | CsvDefinition
    | MispFeedDefinition;
