import { Random } from "./random";
import { Sightings } from "./sightings";

/** A request to a web site of ours. */
export interface WebRequest {
    readonly method: string;
    readonly scheme: "http" | "https";
    readonly host: string;
    readonly path: string;
    /** Without the question mark; empty for none. */
    readonly query: string;
    /** Empty for none. */
    readonly agent: string;
    readonly status: number;
}

const AGENTS = [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    'curl/8.5.0 "quoted" \\ back\\slash',
    "python-requests/2.32.3",
    "() { :; }; /bin/bash -c 'id'",
    "Mözilla/5.0 (compatible; Bjørn; 机器人)",
    "",
];
const HOSTS = ["shop.example.com", "www.example.com", "api.example.com"];
const PATHS = [
    "/",
    "/login",
    "/api/v1/items",
    "/assets/app.3f2a.js",
    "/.env",
    "/wp-login.php",
    "/cgi-bin/../../../../etc/passwd",
    "/%c0%ae%c0%ae/windows/win.ini",
    "/a%20b/%22quoted%22",
];
const QUERIES = ["", "", "", "q=shoes&page=2", "id=1'%20OR%20'1'='1", "x=%3Cscript%3Ealert(1)%3C/script%3E"];
const METHODS = ["GET", "GET", "GET", "GET", "POST", "PUT", "HEAD", "OPTIONS", "PROPFIND"];
const STATUSES = [200, 200, 200, 200, 204, 301, 304, 403, 404, 503];

/** A request whose host and URL may be bad. */
export function webRequest(sightings: Sightings): WebRequest {
    const { random } = sightings;
    const bad = sightings.url("");
    const url = bad === "" ? undefined : new URL(bad);
    return {
        method: random.pick(METHODS),
        scheme: url?.protocol === "http:" || (!url && random.chance(0.1)) ? "http" : "https",
        host: url?.hostname ?? sightings.domain(random.pick(HOSTS)),
        path: url?.pathname ?? random.pick(PATHS),
        query: url?.search.slice(1) ?? random.pick(QUERIES),
        agent: userAgent(random),
        status: random.pick(STATUSES),
    };
}

/** Where a client comes from; empty for nowhere. */
export function referrer(sightings: Sightings): string {
    return sightings.random.chance(0.4) ? sightings.url("https://search.example.org/?q=shop") : "";
}

/** Empty for none. */
export function userAgent(random: Random): string {
    return random.pick(AGENTS);
}

/** Path and query as a request line has them. */
export function targetOf({ path, query }: WebRequest): string {
    return query === "" ? path : `${path}?${query}`;
}

/** A text between quotation marks, those inside of it escaped; `-` for none. */
export function quoted(text: string): string {
    return text === "" ? '"-"' : `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** ISO 8601 with microseconds, as load balancers write it. */
export function microseconds(random: Random, time: number): string {
    return `${new Date(time).toISOString().slice(0, 23)}${String(random.below(1000)).padStart(3, "0")}Z`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `24/Nov/2026:14:31:07 +0000`, as the Common Log Format has it. */
export function clfTime(time: number): string {
    const [date, clock] = new Date(time).toISOString().split("T");
    const [year, month, day] = date.split("-");
    return `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`;
}
