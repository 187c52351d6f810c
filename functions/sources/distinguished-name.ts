/** ECS names of the attributes of a distinguished name. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
    C: "country",
    CN: "common_name",
    L: "locality",
    O: "organization",
    OU: "organizational_unit",
    ST: "state_or_province",
};

/**
 * Takes a distinguished name apart, `C=US, O=Example, Inc., CN=www.example.com`, as ECS's `x509.subject` has it. A
 * comma parts attributes only where a name and `=` follow, and not behind a backslash.
 */
export function distinguishedName(text: string): Record<string, string[]> {
    const parts: Record<string, string[]> = {};
    for (const attribute of text.split(/(?<!\\),\s*(?=[A-Za-z][\w.]*=)/)) {
        const equals = attribute.indexOf("=");
        const type = attribute.slice(0, equals).trim().toUpperCase();
        const value = attribute
            .slice(equals + 1)
            .replace(/\\(.)/g, "$1")
            .trim();
        if (equals > 0 && value !== "" && Object.hasOwn(ATTRIBUTES, type)) {
            (parts[ATTRIBUTES[type]] ??= []).push(value);
        }
    }
    return parts;
}
