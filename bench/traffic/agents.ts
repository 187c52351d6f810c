import { Random } from "../../local/traffic/random";

const SYSTEMS = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Linux; Android 15; Pixel 9",
    "iPhone; CPU iPhone OS 18_1 like Mac OS X",
];
const TOOLS = ["curl/8.5.0", "python-requests/2.32.3", "Go-http-client/2.0", "okhttp/4.12.0", "axios/1.7.9"];

/** Browsers mostly, some tools, and one in fifty that sends quotes and backslashes to break parsers. */
export function userAgent(random: Random): string {
    const kind = random.next();
    if (kind < 0.02) {
        return `probe "${random.hex(6)}" \\x\\ (compatible; \\"nested\\")`;
    }
    if (kind < 0.12) {
        return random.pick(TOOLS);
    }
    const version = 118 + random.below(26);
    const browser = `Mozilla/5.0 (${random.pick(SYSTEMS)}) AppleWebKit/537.36 (KHTML, like Gecko)`;
    return `${browser} Chrome/${version}.0.0.0 Safari/537.36`;
}

const PAGES = [
    "",
    "login",
    "cart",
    "search",
    "product/list",
    "api/v1/items",
    "api/v1/orders",
    "static/app.js",
];

export interface Target {
    readonly path: string;
    /** Without the question mark; "" for none. */
    readonly query: string;
}

/** What a browser asks a shop for. */
export function target(random: Random): Target {
    const page = random.pick(PAGES);
    const path =
        page.startsWith("api/") && random.chance(0.7) ? `/${page}/${random.below(90_000)}` : `/${page}`;
    const query = random.chance(0.5) ? `q=${random.hex(8)}&page=${random.below(40)}&sort=price%20asc` : "";
    return { path, query };
}
