import { MispDefinition } from "./definition";
import { FeedEnd, FeedMemory, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { FeedError } from "./feed-error";
import { MispPage } from "./misp-answer";
import { MISP_TYPES, mispValues } from "./misp-attribute";
import { mispKey } from "./misp-key";
import { RecentRows } from "./misp-recent";
import { searchPage } from "./misp-request";
import { OpenFeed } from "./registry";

const PAGE_SIZE = 5000;
/** Pages without a row, one after the other, that a MISP which drops rows after LIMIT may send before full ones. */
const MOST_EMPTY_PAGES = 100;

/**
 * MISP's live attributes marked for detection under the feed's tags, page by page.
 * It is always a full pass: MISP tells nothing of a hard delete, so only a full pass knows what is gone.
 */
export const openMisp: OpenFeed<"misp"> = (definition, tools): FeedReader => ({
    async *read({ resume }: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
        const limit = definition.pageSize ?? PAGE_SIZE;
        assertDefinition(definition, limit);
        const server = { url: definition.url, key: mispKey(tools.secret), tools };
        const recent = new RecentRows();
        let { page, values: count } = reached(resume, limit);
        for (let empty = 0; ;) {
            page++;
            const answer = await searchPage(server, searchBody(definition, limit, page));
            empty = answer.rows.length > 0 ? 0 : empty + 1;
            const values = freshValues(answer, page, recent);
            count += values.length;
            yield { values, resume: { page, pageSize: limit, values: count } };
            if (isLast(answer, limit)) {
                break;
            }
            if (empty > MOST_EMPTY_PAGES) {
                throw new FeedError(
                    "response",
                    `MISP sent ${empty} pages without a row and says that more follow: check the proxy before it`,
                );
            }
        }
        if (count === 0) {
            throw new FeedError(
                "response",
                `no indicator under tags ${definition.tags.join(", ")}: check the tags' spelling (case counts), ` +
                    "that the feeds are fetched and that the key's user may see their events",
            );
        }
        return { pass: "full" };
    },
});

/** Where a run was cut off. With another page size the count of pages means nothing: it begins anew then. */
function reached(resume: FeedMemory | undefined, limit: number): { page: number; values: number } {
    const { page, pageSize, values } = resume ?? {};
    return Number.isInteger(page) && Number.isInteger(values) && pageSize === limit
        ? { page: Number(page), values: Number(values) }
        : { page: 0, values: 0 };
}

function searchBody({ tags, warningLists }: MispDefinition, limit: number, page: number): object {
    return {
        returnFormat: "json",
        tags,
        to_ids: 1,
        type: MISP_TYPES,
        order: "Attribute.id asc",
        limit,
        page,
        ...(warningLists ? { includeWarninglistHits: 1 } : {}),
    };
}

function assertDefinition({ tags }: MispDefinition, limit: number): void {
    if (!tags.some((tag) => tag && !tag.startsWith("!"))) {
        throw new FeedError(
            "configuration",
            "no MISP tag is configured: an empty tag filter would return every attribute",
        );
    }
    if (!Number.isInteger(limit) || limit < 2) {
        throw new FeedError(
            "configuration",
            `MISP page size must be a whole number from 2 on, not ${limit}: set pageSize`,
        );
    }
}

function freshValues({ rows }: MispPage, page: number, recent: RecentRows): FeedValue[] {
    const values: FeedValue[] = [];
    let fresh = 0;
    recent.beginPage();
    for (const row of rows) {
        assertFiltered(row.type);
        if (recent.add(String(row.uuid))) {
            fresh++;
            values.push(...mispValues(row));
        }
    }
    if (rows.length > 0 && fresh === 0) {
        throw new FeedError(
            "response",
            `MISP sent page ${page} with rows of earlier pages only: a proxy before it may drop the request's body`,
        );
    }
    return values;
}

/** A server (or a proxy before it) that lost the request's body answers 200 with everything it has. */
function assertFiltered(type: unknown): void {
    if (!MISP_TYPES.includes(String(type))) {
        const shown = JSON.stringify(String(type).slice(0, 60));
        throw new FeedError(
            "response",
            `MISP sent an attribute of type ${shown} that was not asked for: it ignored the filter`,
        );
    }
}

/** X-Result-Count is no total: rows dropped after LIMIT count too, so an empty page need not be the last. */
function isLast({ rows, resultCount, skipped }: MispPage, limit: number): boolean {
    return resultCount < limit && rows.length + skipped < limit;
}
