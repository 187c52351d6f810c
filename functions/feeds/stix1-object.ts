import { children, descend, XmlElement } from "./taxii1-xml";

/** A value of an object, or why it must not be matched; of few reasons, since reports count by them. */
export interface ObjectValue {
    readonly value: string;
    readonly refused?: string;
}

export const REFUSED = {
    and: "joined with AND",
    condition: "condition is not equality",
    negated: "negated",
    port: "joins address and port",
    reference: "reference cannot be resolved",
    spoofed: "spoofed address",
    type: "type cannot be matched",
} as const;

/** Address categories of CybOX that are addresses or networks (`AddressObject.xsd`); `ipv4-addr` is its default. */
const CATEGORIES = new Set(["ipv4-addr", "ipv6-addr", "ipv4-net", "ipv6-net", "cidr"]);
const URI_TYPES = new Set(["URL", "Domain Name"]);
/** CybOX lists several values in one text so, since commas are part of URLs. */
const DELIMITER = "##comma##";

/** Values of a CybOX object's `Properties`. */
export function objectValues(properties: XmlElement): readonly ObjectValue[] {
    const type = typeOf(properties);
    switch (type) {
        case "AddressObjectType":
            return addressValues(properties);
        case "DomainNameObjectType":
            return fieldValues(properties, "Value");
        case "HostnameObjectType":
            return fieldValues(properties, "Hostname_Value");
        case "URIObjectType":
        case "LinkObjectType":
            return URI_TYPES.has(properties.attributes.type ?? "URL")
                ? fieldValues(properties, "Value")
                : refuse(fieldValues(properties, "Value"), REFUSED.type);
        case "SocketAddressObjectType":
            return socketValues(properties);
        case "NetworkConnectionObjectType":
            return connectionValues(properties);
        default:
            return [{ value: type, refused: REFUSED.type }];
    }
}

/** The same values, refused for the reason unless they are for one of their own. */
export function refuse(values: readonly ObjectValue[], reason: string | undefined): readonly ObjectValue[] {
    return reason ? values.map((value) => ({ refused: reason, ...value })) : values;
}

/** Local name of `xsi:type`, whatever prefixes are used. */
function typeOf({ attributes }: XmlElement): string {
    const written = Object.entries(attributes).find(([name]) => name.endsWith(":type"))?.[1] ?? "";
    return written.slice(written.indexOf(":") + 1).trim() || "object without a type";
}

function addressValues(address: XmlElement): readonly ObjectValue[] {
    const values = fieldValues(address, "Address_Value");
    if (!CATEGORIES.has(address.attributes.category ?? "ipv4-addr")) {
        return refuse(values, REFUSED.type);
    }
    return refuse(values, isTrue(address.attributes.is_spoofed) ? REFUSED.spoofed : undefined);
}

/** An address or a host name, and a port as a rule. */
function socketValues(socket: XmlElement): readonly ObjectValue[] {
    const addresses = children(socket, "IP_Address").flatMap(addressValues);
    const hosts = children(socket, "Hostname").flatMap((host) => fieldValues(host, "Hostname_Value"));
    const both = addresses.length > 0 && hosts.length > 0 ? REFUSED.and : undefined;
    return refuse([...addresses, ...hosts], descend(socket, "Port") ? REFUSED.port : both);
}

/** One end of a connection may be matched by itself; a connection between two ends is not either of them. */
function connectionValues(connection: XmlElement): readonly ObjectValue[] {
    const ends = ["Source_Socket_Address", "Destination_Socket_Address"].flatMap((end) =>
        children(connection, end),
    );
    return refuse(ends.flatMap(socketValues), ends.length > 1 ? REFUSED.and : undefined);
}

function fieldValues(object: XmlElement, field: string): readonly ObjectValue[] {
    return children(object, field).flatMap((element) => {
        const {
            condition = "Equals",
            delimiter = DELIMITER,
            apply_condition,
            pattern_type,
        } = element.attributes;
        const values = element.text
            .split(delimiter || DELIMITER)
            .map((text) => text.trim())
            .filter((text) => text !== "")
            .map((value) => ({ value }));
        if (condition !== "Equals" || pattern_type !== undefined) {
            return refuse(values, REFUSED.condition);
        }
        // One field cannot equal ALL of several values, and NONE is the opposite of what to look for.
        const joined = apply_condition === "ALL" && values.length > 1 ? REFUSED.and : undefined;
        return refuse(values, apply_condition === "NONE" ? REFUSED.negated : joined);
    });
}

/** XML Schema's boolean. */
export function isTrue(attribute: string | undefined): boolean {
    return attribute === "true" || attribute === "1";
}
