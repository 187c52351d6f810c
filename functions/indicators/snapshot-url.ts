import { normalizeIndicator } from "./normalize";
import { hashOf } from "./snapshot-hash";
import { StringIndex } from "./snapshot-strings";

/** Looks URLs in normal form up, and their hosts. */
export class UrlIndex {
    private hosts?: Set<string>;

    constructor(private readonly urls: StringIndex) {}

    /** @returns the URL itself, without its query, or with the other scheme, and its entry; or undefined */
    find(url: string): { readonly entry: number; readonly value: string } | undefined {
        for (const value of this.urls.size > 0 ? variantsOf(url) : []) {
            const entry = this.urls.find(hashOf(value), value, 0, value.length);
            if (entry >= 0) {
                return { entry, value };
            }
        }
        return undefined;
    }

    hasHost(host: string): boolean {
        const normal = this.urls.size > 0 ? normalizeIndicator(`http://${host}/`) : undefined;
        return normal !== undefined && this.allHosts().has(hostOf(normal.value));
    }

    /** Made when they are first asked for. */
    private allHosts(): ReadonlySet<string> {
        if (!this.hosts) {
            this.hosts = new Set();
            for (const url of this.urls.texts()) {
                this.hosts.add(hostOf(url));
            }
        }
        return this.hosts;
    }
}

/** The host of a URL in normal form. */
function hostOf(url: string): string {
    return /^https?:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/:?#]*)/.exec(url)?.[1] ?? "";
}

/** A URL in normal form, then without its query, then both with the other scheme. */
function variantsOf(url: string): string[] {
    const query = url.indexOf("?");
    const same = query < 0 ? [url] : [url, url.slice(0, query)];
    const other = (text: string) =>
        text.startsWith("https:") ? `http:${text.slice(6)}` : `https:${text.slice(5)}`;
    return [...same, ...same.map(other)];
}
