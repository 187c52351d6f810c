/** Labels of letters, digits and hyphens, as most places want them: no underscore. */
const PLAIN = /^(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+$/;

/** @returns why a place that takes host names only cannot express the domain, or undefined when it can */
export function unfitDomain(name: string): string | undefined {
    if (name.length > 253) {
        return "too-long";
    }
    return PLAIN.test(name) ? undefined : name.includes("_") ? "underscore" : "characters";
}
