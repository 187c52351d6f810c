/** Indicators of the demo, in ranges that RFC 5737 and RFC 3849 keep for documentation: nobody's addresses. */
export function sampleFeed(): string {
    const lines = ["# indicators of the demo"];
    for (let host = 1; host <= 40; host++) {
        lines.push(`203.0.113.${host}`, `198.51.100.${host}`);
    }
    for (let host = 1; host <= 10; host++) {
        lines.push(`2001:db8::bad:${host}`);
    }
    lines.push("192.0.2.0/28", "malware.example", "c2.example.net", "http://malware.example/dropper.exe");
    return `${lines.join("\n")}\n`;
}

/** Addresses that the demo's bad clients use: some stand in the feed as such, one only by its network. */
export function sampleBadClients(): string[] {
    const listed = Array.from({ length: 20 }, (_, index) => `203.0.113.${index + 1}`);
    return [...listed, "2001:db8::bad:3", "192.0.2.7"];
}
