import { AddressFacts, Pair } from "../enrichment/enricher";
import { Enrichment } from "../enrichment/enrichment";
import { Document, Hit, LateDocument } from "./document";
import { JsonWriter } from "./writer";

/**
 * Finishes the documents of a batch with what has to be asked outside of the process: asks once for all unique addresses
 * and pairs, then copies the documents, with the answers put in.
 * @returns where the finished documents are; valid until the next call
 */
export async function finishLate(document: Document, enrichment: Enrichment): Promise<JsonWriter> {
    const drafts = document.late.splice(0);
    const facts = await factsOf(drafts, enrichment);
    const scores = await scoresOf(drafts, enrichment);
    const drafted = Buffer.from(document.bytes.subarray(0, document.at));
    document.at = 0;
    for (const draft of drafts) {
        finish(document, drafted, draft, facts, scores);
    }
    return document;
}

async function factsOf(
    drafts: readonly LateDocument[],
    { resolvers }: Enrichment,
): Promise<ReadonlyMap<string, readonly AddressFacts[]>> {
    const addresses = [...new Set(drafts.flatMap((draft) => draft.addresses.map(({ address }) => address)))];
    const facts = new Map<string, AddressFacts[]>();
    const asked = addresses.length > 0 ? resolvers : [];
    for (const answer of await Promise.all(asked.map((resolver) => resolver.resolve(addresses)))) {
        for (const [address, fact] of answer) {
            facts.set(address, [...(facts.get(address) ?? []), fact]);
        }
    }
    return facts;
}

function pairKey({ entity, ip }: Pair): string {
    return `${ip} ${entity}`;
}

async function scoresOf(
    drafts: readonly LateDocument[],
    { scorer }: Enrichment,
): Promise<ReadonlyMap<string, number>> {
    const scores = new Map<string, number>();
    const pairs = new Map(drafts.flatMap(({ pairs: own }) => own.map((pair) => [pairKey(pair), pair])));
    if (scorer && pairs.size > 0) {
        const answers = await scorer.score([...pairs.values()]);
        [...pairs.keys()].forEach((key, i) => {
            const score = answers[i];
            if (score !== undefined) {
                scores.set(key, score);
            }
        });
    }
    return scores;
}

function finish(
    document: Document,
    drafted: Buffer,
    draft: LateDocument,
    facts: ReadonlyMap<string, readonly AddressFacts[]>,
    scores: ReadonlyMap<string, number>,
): void {
    const { related } = document;
    related.ip.set(draft.ips);
    related.hosts.set(draft.hosts);
    related.user.set(draft.users);
    related.hash.set(draft.hashes);
    const hits = [...draft.hits];
    let copied = draft.start;
    for (const { address, at, field } of draft.addresses) {
        for (const { members, names: found } of facts.get(address) ?? []) {
            if (at >= 0) {
                copy(document, drafted, copied, at);
                copied = at;
                document.reserve(members.length * 3);
                document.at += document.bytes.write(members, document.at);
            }
            for (const name of found) {
                related.hosts.addText(name);
                addHit(hits, name, field, document.enrichment);
            }
        }
    }
    copy(document, drafted, copied, draft.end);
    const known = draft.pairs.map((pair) => scores.get(pairKey(pair))).filter((score) => score !== undefined);
    const score = known.length > 0 ? Math.max(...known) : undefined;
    document.reserve(65536);
    document.tail(draft.threat, hits, score);
    related.clear();
}

function copy(document: Document, from: Buffer, start: number, end: number): void {
    document.reserve(end - start);
    document.copy(from, start, end);
}

/** Adds the indicator that a name which leads to an address is, if it is one and not said yet. */
function addHit(hits: Hit[], name: string, field: string, { hosts }: Enrichment): void {
    const { match } = hosts.find(name);
    if (match && !hits.some((hit) => hit.match.value === match.value)) {
        hits.push({ match, atomic: name, field: field.replace(/\.ip$/, ".domain") });
    }
}
