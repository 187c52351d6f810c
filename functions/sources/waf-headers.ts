import { JsonScanner } from "../bytes/json";

/** A header's value: a JSON string with its quotes; `start` is -1 when the request lacks it. */
export interface HeaderValue {
    bytes: Buffer;
    start: number;
    end: number;
}

function none(): HeaderValue {
    return { bytes: Buffer.alloc(0), start: -1, end: -1 };
}

/** Addresses taken from a header: a client can send any number. */
const MAX_FORWARDED = 64;

/** The headers of a request that have a field of their own; of several with one name the first counts. */
export class WafHeaders {
    readonly userAgent = none();
    readonly referer = none();
    private readonly hostHeader = none();
    private readonly forwarded = none();

    /** @param scanner that finds `name` and `value` of each header */
    constructor(
        private readonly scanner: JsonScanner,
        private readonly name: number,
        private readonly value: number,
    ) {
        scanner.onElement(
            "httpRequest.headers[]",
            () => this.take(),
            () => this.clear(),
        );
    }

    /** Forgets those of the record before. */
    private clear(): void {
        this.userAgent.start = this.referer.start = this.hostHeader.start = this.forwarded.start = -1;
    }

    host(): string | undefined {
        return textOf(this.hostHeader);
    }

    /** What proxies say they forward for; the last is the nearest. */
    forwardedFor(): string[] {
        const text = textOf(this.forwarded);
        return text === undefined ? [] : text.split(",", MAX_FORWARDED).map((part) => part.trim());
    }

    private take(): void {
        const { name, value, scanner } = this;
        if (!scanner.isString(name) || !scanner.isString(value)) {
            return;
        }
        const { bytes, starts, ends } = scanner.found;
        const header = this.headerOf(bytes, starts[name] + 1, ends[name] - 1);
        if (header !== undefined && header.start < 0) {
            header.bytes = bytes;
            header.start = starts[value];
            header.end = ends[value];
        }
    }

    private headerOf(bytes: Buffer, start: number, end: number): HeaderValue | undefined {
        switch (end - start) {
            case 4:
                return isName(bytes, start, "host") ? this.hostHeader : undefined;
            case 7:
                return isName(bytes, start, "referer") ? this.referer : undefined;
            case 10:
                return isName(bytes, start, "user-agent") ? this.userAgent : undefined;
            case 15:
                return isName(bytes, start, "x-forwarded-for") ? this.forwarded : undefined;
            default:
                return undefined;
        }
    }
}

/** Header names know no case. */
function isName(bytes: Buffer, start: number, name: string): boolean {
    for (let i = 0; i < name.length; i++) {
        const byte = bytes[start + i];
        if ((byte >= 65 && byte <= 90 ? byte + 32 : byte) !== name.charCodeAt(i)) {
            return false;
        }
    }
    return true;
}

function textOf({ bytes, start, end }: HeaderValue): string | undefined {
    if (start < 0) {
        return undefined;
    }
    const inner = bytes.toString("utf8", start + 1, end - 1);
    return inner.includes("\\") ? (JSON.parse(`"${inner}"`) as string) : inner;
}
