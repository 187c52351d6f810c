import { FeedValue } from "./feed";
import { indexPackage, joins, PackageIndex } from "./stix1-index";
import { isTrue, ObjectValue, objectValues, refuse, REFUSED } from "./stix1-object";
import { children, descend, parseXml, textAt, XmlElement } from "./taxii1-xml";

/** More than an honest package has; observables that are referred to many times could multiply without end. */
const MOST_VALUES = 200_000;

/** What an indicator says of its values. */
type Facts = Pick<FeedValue, "confidence" | "firstSeen" | "validUntil">;

/**
 * Values of a STIX package of version 1.0, 1.1 or 1.2: those of its indicators' observables. Observables outside an
 * indicator are context (a victim, what a sandbox saw) and left out, except where a package has nothing but
 * observables: feeds that publish such mean them as their indicators.
 * @throws Error when it cannot be read, or has more than 200,000 values
 */
export function stix1Values(text: string): readonly FeedValue[] {
    const root = parseXml(text.replace(/^\ufeff/, "").trim());
    if (root.name !== "STIX_Package") {
        throw new Error(`a ${root.name} is no STIX_Package`);
    }
    const reader = new PackageReader(indexPackage(root));
    if (root.children.every(({ name }) => name === "STIX_Header" || name === "Observables")) {
        return reader.ofObservables(
            children(root, "Observables").flatMap((all) => children(all, "Observable")),
        );
    }
    return reader.ofIndicators();
}

class PackageReader {
    private readonly found: FeedValue[] = [];
    /** What was reached by a reference so far, from where the walk began: nothing needs to be read twice. */
    private followed = new Set<string>();

    constructor(private readonly index: PackageIndex) {}

    ofIndicators(): readonly FeedValue[] {
        for (const indicator of this.index.indicators) {
            this.followed = new Set();
            this.indicator(indicator, {}, this.partOfMore(indicator));
        }
        return this.found;
    }

    ofObservables(observables: readonly XmlElement[]): readonly FeedValue[] {
        for (const observable of observables) {
            this.followed = new Set();
            this.observable(observable, {}, this.partOfMore(observable));
        }
        return this.found;
    }

    private partOfMore({ attributes: { id } }: XmlElement): string | undefined {
        return id && this.index.joined.has(id) ? REFUSED.and : undefined;
    }

    /** @param why it must not be matched by itself, as what holds it says */
    private indicator(written: XmlElement, inherited: Facts, why: string | undefined): void {
        const indicator = this.follow(written, why);
        if (!indicator) {
            return;
        }
        const facts = { ...inherited, ...factsOf(indicator) };
        const reason = why ?? negation(indicator);
        children(indicator, "Observable").forEach((observable) => this.observable(observable, facts, reason));
        for (const composite of children(indicator, "Composite_Indicator_Expression")) {
            const joined = reason ?? (joins(composite) ? REFUSED.and : undefined);
            children(composite, "Indicator").forEach((part) => this.indicator(part, facts, joined));
        }
    }

    private observable(written: XmlElement, facts: Facts, why: string | undefined): void {
        const observable = this.follow(written, why);
        if (!observable) {
            return;
        }
        const reason = why ?? negation(observable);
        const composition = descend(observable, "Observable_Composition");
        if (composition) {
            const joined = reason ?? (joins(composition) ? REFUSED.and : undefined);
            children(composition, "Observable").forEach((part) => this.observable(part, facts, joined));
            return;
        }
        const reference = descend(observable, "Object");
        if (!reference) {
            this.add([{ value: "observable without an object", refused: REFUSED.type }], facts);
            return;
        }
        const object = this.follow(reference, reason);
        if (object) {
            const properties = descend(object, "Properties");
            const values = properties
                ? objectValues(properties)
                : [{ value: "object without properties", refused: REFUSED.type }];
            this.add(refuse(values, reason), facts);
        }
    }

    /** @returns what an element refers to, or the element itself; undefined when there is nothing (more) to read */
    private follow(element: XmlElement, why: string | undefined): XmlElement | undefined {
        const { idref } = element.attributes;
        if (!idref) {
            return element;
        }
        const target = this.index.byId.get(idref);
        // Under a reason the same thing tells less than without one, so each is read once.
        const key = `${why ?? ""}\n${idref}`;
        if (this.followed.has(key)) {
            return undefined;
        }
        this.followed.add(key);
        if (!target) {
            this.add([{ value: idref, refused: REFUSED.reference }], {});
        }
        return target;
    }

    private add(values: readonly ObjectValue[], facts: Facts): void {
        if (this.found.length + values.length > MOST_VALUES) {
            throw new Error(`more than ${MOST_VALUES} values`);
        }
        values.forEach((value) => this.found.push({ ...facts, ...value }));
    }
}

function negation({ attributes: { negate } }: XmlElement): string | undefined {
    return isTrue(negate) ? REFUSED.negated : undefined;
}

function factsOf(indicator: XmlElement): Facts {
    const confidence = confidenceOf(textAt(indicator, "Confidence", "Value"));
    const times = children(indicator, "Valid_Time_Position");
    const starts = times
        .map((time) => isoTime(textAt(time, "Start_Time")))
        .filter((time) => time !== undefined);
    const ends = times.map((time) => isoTime(textAt(time, "End_Time")));
    const firstSeen = starts.sort()[0] ?? isoTime(indicator.attributes.timestamp);
    // Several times may be given; one without an end has none.
    const validUntil = ends.includes(undefined) ? undefined : ends.sort().pop();
    return {
        ...(confidence === undefined ? {} : { confidence }),
        ...(firstSeen ? { firstSeen } : {}),
        ...(validUntil ? { validUntil } : {}),
    };
}

/** A word of STIX's `HighMediumLowVocab`, or a number from 0 to 100 as some feeds write. */
function confidenceOf(text: string | undefined): number | undefined {
    switch (text?.toLowerCase()) {
        case "high":
            return 85;
        case "medium":
            return 55;
        case "low":
            return 25;
        case "none":
            return 0;
        default:
            return text && /^(?:\d{1,2}|100)$/.test(text) ? Number(text) : undefined;
    }
}

/** @returns the time as ISO 8601 in UTC, which is what is meant where no zone is given */
export function isoTime(text: string | undefined): string | undefined {
    if (!text) {
        return undefined;
    }
    const time = new Date(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !text.includes("T") ? text : `${text}Z`);
    return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
