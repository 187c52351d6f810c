const LABELS = /^(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*$/i;

/** Labels of letters, digits and hyphens. */
export function isHostName(text: string): boolean {
    return text.length <= 253 && LABELS.test(text);
}
