import { Explanation } from "./explain";

/** The explanation for people. */
export function explanationText(of: Explanation): string {
    return [
        `${of.value} (${of.type})`,
        ...section("snapshot", [snapshotLine(of)]),
        ...section("reported by", reportLines(of)),
        ...section("refused", refusalLines(of)),
        ...section("analysts", of.overrides.map(overrideLine)),
        ...section("enforced", enforcedLines(of)),
        "",
    ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
    return lines.map((line, index) => `  ${(index === 0 ? title : "").padEnd(13)}${line}`);
}

function snapshotLine({ match, version, value }: Explanation): string {
    if (!match) {
        return `not among the indicators in force (version ${version})`;
    }
    const how = match.value === value ? "itself" : `as part of ${match.value}`;
    return `in force ${how}, by ${match.feeds.join(", ")}, confidence ${match.confidence} (version ${version})`;
}

function reportLines({ reports, value }: Explanation): string[] {
    const lines = reports.flatMap((report) =>
        report.feeds.map(
            ({ name, firstSeen, lastSeen, confidence, expiresAt }) =>
                `${name}${report.value === value ? "" : ` (${report.value})`} since ${firstSeen}, last seen ${lastSeen}, ` +
                `confidence ${confidence}, until ${new Date(expiresAt * 1000).toISOString()}`,
        ),
    );
    return lines.length > 0 ? lines : ["no feed"];
}

function refusalLines({ rule, refusals }: Explanation): string[] {
    return [
        ...(rule === undefined ? [] : [`by rule now: ${rule}`]),
        ...refusals.map(({ feed, reason }) => `when ${feed} was collected: ${reason}`),
    ];
}

function overrideLine({ action, at, until, by, reason }: Explanation["overrides"][number]): string {
    return `${action} at ${at}${until === undefined ? "" : ` until ${until}`} by ${by}: ${reason}`;
}

function enforcedLines({ enforced, behind, match }: Explanation): string[] {
    const lines = enforced.map(
        ({ where, place, list, held, reason }) =>
            `${where}: ${place} ${list}: ${held ? "yes" : `no (${reason === "no-room" ? "better ones take all the room" : reason})`}`,
    );
    const late = behind.map(
        (where) => `${where}: has another version, a moment ago or since its last failure`,
    );
    const all = [...(match ? lines : []), ...late];
    return all.length > 0 ? all : ["nowhere"];
}
