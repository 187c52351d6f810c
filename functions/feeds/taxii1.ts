import { FeedEnd, FeedPage, FeedPosition, FeedReader, FeedValue } from "./feed";
import { FeedError } from "./feed-error";
import { FeedTools, OpenFeed } from "./registry";
import { blockValues } from "./taxii1-content";
import { exchange, Taxii1StatusError } from "./taxii1-exchange";
import { fulfillmentRequest, pollRequest } from "./taxii1-messages";
import { beginPass, memoryOf, newsAfter, OpenResult, Taxii1Pass } from "./taxii1-pass";
import { findCollections, Taxii1Collection } from "./taxii1-services";
import { children, textAt, XmlElement } from "./taxii1-xml";

/** Values a page, about. */
const PAGE = 5000;
const MOST_PARTS = 100_000;

/** TAXII 1.1 with STIX 1.x: discovery, collections, polls in parts. */
export const openTaxii1: OpenFeed<"taxii1"> = (definition, tools): FeedReader => ({
    async *read(position: FeedPosition): AsyncGenerator<FeedPage, FeedEnd> {
        const collections = await findCollections(definition, tools);
        let pass = beginPass(position, collections, tools.now());
        for (const collection of collections.filter(({ name }) => !Object.hasOwn(pass.ends, name))) {
            pass = yield* readCollection(collection, pass, position, tools);
        }
        return { pass: pass.full ? "full" : "partial", memory: memoryOf(pass, position.memory) };
    },
});

/** @returns the pass with the collection read */
async function* readCollection(
    collection: Taxii1Collection,
    pass: Taxii1Pass,
    position: FeedPosition,
    tools: FeedTools,
): AsyncGenerator<FeedPage, Taxii1Pass> {
    const { name } = collection;
    const after = pass.full ? undefined : newsAfter(collection, position.memory);
    const asked = tools.now().toISOString();
    let open = pass.open?.collection === name ? pass.open : undefined;
    let answer = open && (await goOn(collection, open, tools));
    if (!answer) {
        open = undefined;
        answer = await exchange(tools, collection.pollUrl, pollRequest(name, after), "Poll_Response");
    }
    for (;;) {
        const end: string = open?.end ?? endOf(collection, answer, asked);
        const part: number = open?.part ?? 1;
        open = nextPart(name, answer, part, end);
        const { full, startedAt } = pass;
        const ends = open ? pass.ends : { ...pass.ends, [name]: end };
        const reached: Taxii1Pass = { full, startedAt, ends, ...(open ? { open } : {}) };
        yield* pagesOf(answer, `${name} part ${part}`, reached);
        if (!open) {
            return reached;
        }
        answer = await exchange(tools, collection.pollUrl, fulfillmentRequest(open), "Poll_Response");
    }
}

/** @returns the part where a run was cut off, or undefined when the server no longer keeps that result */
async function goOn(
    { pollUrl }: Taxii1Collection,
    open: OpenResult,
    tools: FeedTools,
): Promise<XmlElement | undefined> {
    try {
        return await exchange(tools, pollUrl, fulfillmentRequest(open), "Poll_Response");
    } catch (error) {
        if (
            error instanceof Taxii1StatusError &&
            /^(?:INVALID_RESPONSE_PART|NOT_FOUND)$/.test(error.status)
        ) {
            return undefined;
        }
        throw error;
    }
}

/** Servers leave the end out although a data feed's answer must have it (opentaxii 0.9 does). */
function endOf({ type }: Taxii1Collection, answer: XmlElement, asked: string): string {
    return type === "feed" ? (textAt(answer, "Inclusive_End_Timestamp") ?? asked) : "";
}

function nextPart(collection: string, answer: XmlElement, part: number, end: string): OpenResult | undefined {
    const { more, result_id: resultId, result_part_number: sent } = answer.attributes;
    if (more !== "true" && more !== "1") {
        return undefined;
    }
    const fault = !resultId
        ? "names no result"
        : sent !== undefined && Number(sent) !== part
          ? `sent part ${JSON.stringify(sent)} for part ${part}`
          : part >= MOST_PARTS
            ? "does not come to an end"
            : undefined;
    if (!resultId || fault) {
        throw new FeedError(
            "response",
            `the TAXII server says that ${JSON.stringify(collection)} has more parts, but ${fault}`,
        );
    }
    return { collection, resultId, part: part + 1, end };
}

/** Only the last page of an answer can be gone on after. */
function* pagesOf(answer: XmlElement, part: string, reached: Taxii1Pass): Generator<FeedPage> {
    let values: FeedValue[] = [];
    for (const [index, block] of children(answer, "Content_Block").entries()) {
        if (values.length >= PAGE) {
            yield { values };
            values = [];
        }
        for (const value of blockValues(block, `${part} block ${index + 1}`)) {
            values.push(value);
        }
    }
    yield { values, resume: { ...reached } };
}
