import { parseTextIndicators } from "../../functions/feeds/text-indicators";
import { BadValues } from "../traffic/sightings";

const DOMAINS = ["malware.example", "c2.example.net"];
/** The first lies on a host that is bad itself, the second only as this URL. */
const URLS = ["http://malware.example/dropper.exe", "http://files.example.org/update/agent.bin"];

/** Indicators of the demo, in ranges that RFC 5737 and RFC 3849 keep for documentation: nobody's addresses. */
export function sampleFeed(): string {
    const lines = ["# indicators of the demo"];
    for (let host = 1; host <= 40; host++) {
        lines.push(`203.0.113.${host}`, `198.51.100.${host}`);
    }
    for (let host = 1; host <= 10; host++) {
        lines.push(`2001:db8::bad:${host}`);
    }
    lines.push("192.0.2.0/28", ...DOMAINS, ...URLS);
    return `${lines.join("\n")}\n`;
}

/** The demo's second feed: it reports values that the first does as well, and what must never be blocked. */
export function sampleList(): string {
    const known = Array.from({ length: 20 }, (_, index) => `203.0.113.${index + 1} # seen by us`);
    return [...known, "hxxp://malware[.]example/dropper.exe", "10.0.0.5", "amazonaws.com", ""].join("\n");
}

/** What the demo's traffic shows of its feed: some addresses stand in it as such, one only by its network. */
export function sampleBadValues(): BadValues {
    const listed = Array.from({ length: 20 }, (_, index) => `203.0.113.${index + 1}`);
    return { addresses: [...listed, "2001:db8::bad:3", "192.0.2.7"], domains: DOMAINS, urls: URLS };
}

/** Some indicators of a user's feed, for generated traffic. */
export function badValuesOf(feedText: string): BadValues {
    const { indicators } = parseTextIndicators(feedText, { feed: "feed", seen: new Date() });
    const some = (...types: readonly string[]) => {
        const values = indicators.filter(({ type }) => types.includes(type)).map(({ value }) => value);
        const step = Math.max(1, Math.floor(values.length / 100));
        return values.filter((_, index) => index % step === 0);
    };
    return { addresses: some("ipv4", "ipv6"), domains: some("domain"), urls: some("url") };
}
