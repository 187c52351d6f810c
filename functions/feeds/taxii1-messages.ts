import { randomInt } from "node:crypto";
import { FeedErrorKind } from "./feed-error";

/** The part of a result that is asked for. */
export interface ResultPart {
    readonly collection: string;
    readonly resultId: string;
    /** Counted from 1. */
    readonly part: number;
}

/** A request: its root element's name, and the message. */
export interface Taxii1Request {
    readonly name: string;
    readonly body: string;
}

const NAMESPACE = "http://taxii.mitre.org/messages/taxii_xml_binding-1.1";

export function discoveryRequest(): Taxii1Request {
    return message("Discovery_Request");
}

export function collectionsRequest(): Taxii1Request {
    return message("Collection_Information_Request");
}

/** @param after ISO 8601: only content that a data feed got after it */
export function pollRequest(collection: string, after?: string): Taxii1Request {
    const begin = after ? `<t:Exclusive_Begin_Timestamp>${escape(after)}</t:Exclusive_Begin_Timestamp>` : "";
    const parameters =
        '<t:Poll_Parameters allow_asynch="false"><t:Response_Type>FULL</t:Response_Type></t:Poll_Parameters>';
    return message("Poll_Request", { collection_name: collection }, `${begin}${parameters}`);
}

export function fulfillmentRequest({ collection, resultId, part }: ResultPart): Taxii1Request {
    return message("Poll_Fulfillment", {
        collection_name: collection,
        result_id: resultId,
        result_part_number: String(part),
    });
}

/** Headers of a request by TAXII 1.1's HTTP binding; without them a server refuses it. */
export function taxii1Headers(url: string): Readonly<Record<string, string>> {
    const scheme = new URL(url).protocol === "http:" ? "http" : "https";
    return {
        "content-type": "application/xml",
        accept: "application/xml",
        "x-taxii-content-type": MESSAGE_BINDING,
        "x-taxii-accept": MESSAGE_BINDING,
        "x-taxii-services": "urn:taxii.mitre.org:services:1.1",
        "x-taxii-protocol": `urn:taxii.mitre.org:protocol:${scheme}:1.0`,
    };
}

export const MESSAGE_BINDING = "urn:taxii.mitre.org:message:xml:1.1";

/** What each type of Status_Message (TAXII 1.1 services specification, 4.4.2) means for a feed. */
export const STATUS_KINDS: Readonly<Record<string, FeedErrorKind | undefined>> = {
    ASYNCHRONOUS_POLL_ERROR: "server",
    BAD_MESSAGE: "request",
    DENIED: "authentication",
    DESTINATION_COLLECTION_ERROR: "configuration",
    FAILURE: "server",
    INVALID_RESPONSE_PART: "request",
    NETWORK_ERROR: "server",
    NOT_FOUND: "configuration",
    PENDING: "server",
    POLLING_UNSUPPORTED: "configuration",
    RETRY: "server",
    SUCCESS: "response",
    UNAUTHORIZED: "authentication",
    UNSUPPORTED_CONTENT: "request",
    UNSUPPORTED_MESSAGE: "request",
    UNSUPPORTED_PROTOCOL: "request",
    UNSUPPORTED_QUERY: "request",
};

function message(
    name: string,
    attributes: Readonly<Record<string, string>> = {},
    content = "",
): Taxii1Request {
    const written = Object.entries({ message_id: String(randomInt(1, 2 ** 31)), ...attributes })
        .map(([key, value]) => ` ${key}="${escape(value)}"`)
        .join("");
    return { name, body: `<t:${name} xmlns:t="${NAMESPACE}"${written}>${content}</t:${name}>` };
}

function escape(text: string): string {
    return text.replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
