import { SignedFetch } from "./signed-fetch";

/** A document on its way into an index. */
export interface IndexItem {
    readonly index: string;
    readonly id: string;
    /** The document's JSON, without a line feed. */
    readonly line: string;
}

/** A line that no retry can index. */
export interface Rejected {
    readonly line: string;
    readonly reason: string;
}

export interface BulkResult {
    indexed: number;
    readonly rejected: Rejected[];
}

/** The domain cannot take it now: the same request may work later. */
export class OpenSearchUnavailable extends Error {}

const MAX_BULK_BYTES = 5 * 1024 * 1024;

interface BulkAnswer {
    readonly errors?: boolean;
    readonly items?: readonly {
        readonly index?: {
            status?: number;
            error?: { type?: string; reason?: string; caused_by?: { reason?: string } };
        };
    }[];
}

/** The little of OpenSearch's API that indexing needs. */
export class OpenSearch {
    private readonly base: string;

    /** @param endpoint of the domain, with or without `https://` */
    constructor(
        endpoint: string,
        private readonly fetch: SignedFetch,
        private readonly maxBulkBytes = MAX_BULK_BYTES,
    ) {
        this.base = (/^https?:\/\//.test(endpoint) ? endpoint : `https://${endpoint}`).replace(/\/+$/, "");
    }

    /** Creates the template or makes it what is given. */
    async putIndexTemplate(name: string, template: Record<string, unknown>): Promise<void> {
        await this.call("PUT", `/_index_template/${name}`, JSON.stringify(template), "application/json");
    }

    /**
     * Indexes items under their own ids, so that a repeated item overwrites itself.
     * @throws OpenSearchUnavailable when some of it should be tried again, all of it being safe to repeat
     */
    async bulk(items: AsyncIterable<IndexItem>): Promise<BulkResult> {
        const result: BulkResult = { indexed: 0, rejected: [] };
        let chunk: IndexItem[] = [];
        let body: string[] = [];
        let bytes = 0;
        const flush = async () => {
            if (chunk.length > 0) {
                await this.send(chunk, body.join(""), result);
                chunk = [];
                body = [];
                bytes = 0;
            }
        };
        for await (const item of items) {
            const entry = `${JSON.stringify({ index: { _index: item.index, _id: item.id } })}\n${item.line}\n`;
            const size = Buffer.byteLength(entry);
            if (bytes + size > this.maxBulkBytes) {
                await flush();
            }
            chunk.push(item);
            body.push(entry);
            bytes += size;
        }
        await flush();
        return result;
    }

    private async send(chunk: readonly IndexItem[], body: string, result: BulkResult): Promise<void> {
        let text: string;
        try {
            text = await this.call("POST", "/_bulk", body, "application/x-ndjson");
        } catch (error) {
            if (error instanceof TooLarge && chunk.length === 1) {
                result.rejected.push({ line: chunk[0].line, reason: error.message });
                return;
            }
            throw error;
        }
        const { items = [] } = JSON.parse(text) as BulkAnswer;
        if (items.length !== chunk.length) {
            throw new OpenSearchUnavailable(`OpenSearch answered ${items.length} of ${chunk.length} items`);
        }
        for (const [position, { index }] of items.entries()) {
            const status = index?.status ?? 500;
            if (status < 300) {
                result.indexed++;
                continue;
            }
            const cause = index?.error?.caused_by?.reason;
            const reason = `${index?.error?.type}: ${index?.error?.reason}${cause ? ` (${cause})` : ""}`;
            if (isTransient(status)) {
                throw new OpenSearchUnavailable(`OpenSearch refuses an item for now (${status}): ${reason}`);
            }
            result.rejected.push({ line: chunk[position].line, reason });
        }
    }

    private async call(method: string, path: string, body: string, contentType: string): Promise<string> {
        let response: Response;
        let text: string;
        try {
            response = await this.fetch({ method, url: `${this.base}${path}`, body, contentType });
            text = await response.text();
        } catch (error) {
            const { cause, message } = error as Error & { cause?: { code?: string } };
            throw new OpenSearchUnavailable(
                `OpenSearch at ${this.base} does not answer: ${cause?.code ?? message}`,
            );
        }
        if (response.ok) {
            return text;
        }
        const what = `OpenSearch refuses ${method} ${path} (${response.status}): ${text.slice(0, 200)}`;
        throw response.status === 413 ? new TooLarge(what) : new OpenSearchUnavailable(what);
    }
}

class TooLarge extends Error {}

/** 403 is what a domain answers for an index that a full disk has made read-only. */
function isTransient(status: number): boolean {
    return status >= 500 || status === 429 || status === 403 || status === 408;
}
