import { Members, members } from "../documents/writer";

const CAPACITY = 10_000;
/** A longer header is none, and is not remembered: a client could fill the memory with such. */
const MAX_LENGTH = 512;

/** A host header, taken apart. */
export interface Origin {
    /** In lower case, without the port; "" when the header is none. */
    readonly name: string;
    /** `"domain":"shop.example","port":8443,` */
    readonly members: Members;
    /** `http://shop.example:8443`, escaped for the inside of a JSON string. */
    readonly http: Buffer;
    readonly https: Buffer;
}

/** Takes host headers apart; the same few come again and again. */
export class Origins {
    private readonly origins = new Map<string, Origin>();

    find(header: string): Origin {
        const known = this.origins.get(header);
        if (known) {
            return known;
        }
        const origin = originOf(header.toLowerCase());
        if (header.length <= MAX_LENGTH) {
            if (this.origins.size >= CAPACITY) {
                this.origins.clear();
            }
            this.origins.set(header, origin);
        }
        return origin;
    }
}

function originOf(header: string): Origin {
    const match = header.length > MAX_LENGTH ? null : /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(header);
    const port = match?.[2] === undefined ? undefined : Number(match[2]);
    const hasPort = match !== null && port !== undefined && port <= 65535;
    // What is no host and port, such as a bare IPv6 address, is kept whole.
    const name =
        header.length > MAX_LENGTH ? "" : match && (hasPort || port === undefined) ? match[1] : header;
    const url = (scheme: string) => Buffer.from(JSON.stringify(`${scheme}://${header}`).slice(1, -1));
    return {
        name,
        members: members({ domain: name, port: hasPort ? port : undefined }),
        http: url("http"),
        https: url("https"),
    };
}
