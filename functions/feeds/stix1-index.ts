import { XmlElement } from "./taxii1-xml";

/** What a package holds, found in one walk over its tree. */
export interface PackageIndex {
    /** Observables, objects and indicators that have an id. */
    readonly byId: ReadonlyMap<string, XmlElement>;
    /** Indicators that stand for themselves, not as part of another's composite expression. */
    readonly indicators: readonly XmlElement[];
    /** Ids that are a part of something joined with AND: no indicator alone, also where they are defined on their own. */
    readonly joined: ReadonlySet<string>;
}

const REFERENCED = new Set(["Observable", "Object", "Indicator"]);
const COMPOSITE_INDICATOR = "Composite_Indicator_Expression";
const COMPOSITIONS = new Set(["Observable_Composition", COMPOSITE_INDICATOR]);

export function indexPackage(root: XmlElement): PackageIndex {
    const byId = new Map<string, XmlElement>();
    const indicators: XmlElement[] = [];
    const joined = new Set<string>();
    const visit = (element: XmlElement, ofComposite: boolean): void => {
        const { id, idref } = element.attributes;
        if (id && REFERENCED.has(element.name)) {
            byId.set(id, element);
        }
        if (element.name === "Indicator" && !ofComposite && !idref) {
            indicators.push(element);
        }
        if (COMPOSITIONS.has(element.name) && joins(element)) {
            element.children.forEach(({ attributes }) => attributes.idref && joined.add(attributes.idref));
        }
        const composite = element.name === COMPOSITE_INDICATOR;
        element.children.forEach((child) => visit(child, composite));
    };
    visit(root, false);
    return { byId, indicators, joined };
}

/** Whether a composition asks for several things at once: any operator but OR. */
export function joins(composition: XmlElement): boolean {
    return composition.attributes.operator !== "OR" && composition.children.length > 1;
}
