import { FeedValue } from "./feed";
import { isoTime, stix1Values } from "./stix1";
import { descend, parseXml, textAt, XmlElement } from "./taxii1-xml";

/**
 * Values of a Content_Block. Its content is STIX, as XML or as text that is XML, whatever the content binding says:
 * feeds name versions and bindings of their own. It never throws: what cannot be read is one refused value.
 * @param name of the block, for those who ask what was refused
 */
export function blockValues(block: XmlElement, name: string): readonly FeedValue[] {
    const labelled = isoTime(textAt(block, "Timestamp_Label"));
    try {
        const values = stix1Values(documentOf(descend(block, "Content")?.text.trim() ?? ""));
        return labelled ? values.map((value) => ({ firstSeen: labelled, ...value })) : values;
    } catch {
        return [{ value: name, refused: "content block cannot be read" }];
    }
}

function documentOf(content: string): string {
    return /^(?:<!\[CDATA\[|&lt;)/.test(content) ? parseXml(`<Content>${content}</Content>`).text : content;
}
