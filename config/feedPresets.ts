/** What a preset says of a feed; the rest are the defaults. */
export interface FeedPreset {
    readonly protocol: "text" | "csv" | "misp-feed" | "taxii1";
    readonly url: string;
    readonly columns?: readonly number[];
    readonly delimiter?: string;
    readonly header?: boolean;
    readonly collections?: readonly string[];
    /** 0 to 100: how rarely the feed is wrong, by what it says of itself and how it is made. */
    readonly confidence: number;
    readonly ttlDays?: number;
    readonly auth?: { readonly type: "header"; readonly name: string } | { readonly type: "basic" };
    /** False for what has ended or asks for an agreement first. */
    readonly enabled?: false;
}

/** abuse.ch asks for a key since 2025-06-30. */
const ABUSE_CH = { type: "header", name: "Auth-Key" } as const;

const text = (url: string, confidence: number): FeedPreset => ({ protocol: "text", url, confidence });

/** dataplane.org: ASN | AS name | address | time | category. */
const dataplane = (list: string): FeedPreset => ({
    protocol: "csv",
    url: `https://dataplane.org/${list}.txt`,
    columns: [3],
    delimiter: "|",
    confidence: 50,
});

/**
 * Feeds that carry addresses, domains or URLs: those of MISP's defaults (`defaults.json` of MISP 2.5.1) that a public
 * checker of August 2026 found alive, and OpenPhish's new place.
 */
export const FEED_PRESETS = {
    "alienvault-reputation": {
        protocol: "csv",
        url: "https://reputation.alienvault.com/reputation.generic",
        columns: [1],
        delimiter: " ",
        confidence: 40,
    },
    "blocklist-de": text("https://lists.blocklist.de/lists/all.txt", 50),
    "botvrij-osint": {
        protocol: "misp-feed",
        url: "https://www.botvrij.eu/data/feed-osint/",
        confidence: 60,
    },
    "cert-pl-domains": text("https://hole.cert.pl/domains/domains.txt", 80),
    "cins-badguys": text("https://cinsscore.com/list/ci-badguys.txt", 60),
    "circl-osint": {
        protocol: "misp-feed",
        url: "https://www.circl.lu/doc/misp/feed-osint/",
        confidence: 60,
    },
    "coinblocker-browser": text(
        "https://gitlab.com/ZeroDot1/CoinBlockerLists/raw/master/list_browser.txt",
        50,
    ),
    "cybercrime-tracker": text("https://cybercrime-tracker.net/all.php", 50),
    "dataplane-dns-any": dataplane("dnsrdany"),
    "dataplane-dns-recursion": dataplane("dnsrd"),
    "dataplane-sip-invitation": dataplane("sipinvitation"),
    "dataplane-sip-query": dataplane("sipquery"),
    "dataplane-sip-registration": dataplane("sipregistration"),
    "dataplane-smtp-greet": dataplane("smtpgreet"),
    "dataplane-ssh-password": dataplane("sshpwauth"),
    "dataplane-telnet": dataplane("telnetlogin"),
    "dataplane-vnc": dataplane("vncrfb"),
    "ellio-community": text("https://cdn.ellio.tech/community-feed", 50),
    "emerging-threats-compromised": text(
        "https://rules.emergingthreats.net/blockrules/compromised-ips.txt",
        70,
    ),
    "feodo-tracker": {
        protocol: "csv",
        url: "https://feodotracker.abuse.ch/downloads/ipblocklist.csv",
        columns: [2],
        header: true,
        confidence: 90,
        auth: ABUSE_CH,
    },
    "firehol-level1": text(
        "https://raw.githubusercontent.com/ktsaou/blocklist-ipsets/master/firehol_level1.netset",
        70,
    ),
    greensnow: text("https://blocklist.greensnow.co/greensnow.txt", 50),
    "infoblox-threat-intelligence": {
        protocol: "misp-feed",
        url: "https://raw.githubusercontent.com/infobloxopen/threat-intelligence/main/indicators/misp/",
        confidence: 60,
    },
    "ipsum-level3": text("https://raw.githubusercontent.com/stamparm/ipsum/master/levels/3.txt", 60),
    "ipsum-level5": text("https://raw.githubusercontent.com/stamparm/ipsum/master/levels/5.txt", 80),
    "limo-dshield": {
        // Anomali ended it on 2022-08-14; it shows how a TAXII 1.1 feed is written.
        protocol: "taxii1",
        url: "https://limo.anomali.com/api/v1/taxii/taxii-discovery-service/",
        collections: ["DShield", "EmergingThreats_D68"],
        confidence: 50,
        auth: { type: "basic" },
        enabled: false,
    },
    openphish: text("https://raw.githubusercontent.com/openphish/public_feed/refs/heads/main/feed.txt", 80),
    phishtank: {
        // Without a key of one's own in the path it is rate limited within a day.
        protocol: "csv",
        url: "https://data.phishtank.com/data/online-valid.csv",
        columns: [2],
        header: true,
        confidence: 80,
        enabled: false,
    },
    "phishstats-score": {
        protocol: "csv",
        url: "https://phishstats.info/phish_score.csv",
        columns: [3],
        confidence: 60,
    },
    "snort-ip-blocklist": text("https://snort.org/downloads/ip-block-list", 60),
    threatfox: {
        protocol: "misp-feed",
        url: "https://threatfox.abuse.ch/downloads/misp/",
        confidence: 80,
        auth: ABUSE_CH,
    },
    "threatview-domains": text("https://threatview.io/Downloads/DOMAIN-High-Confidence-Feed.txt", 60),
    "threatview-ips": text("https://threatview.io/Downloads/IP-High-Confidence-Feed.txt", 60),
    "threatview-urls": text("https://threatview.io/Downloads/URL-High-Confidence-Feed.txt", 60),
    urlhaus: {
        protocol: "csv",
        url: "https://urlhaus.abuse.ch/downloads/csv_recent/",
        columns: [3],
        confidence: 80,
        auth: ABUSE_CH,
    },
} as const satisfies Readonly<Record<string, FeedPreset>>;
