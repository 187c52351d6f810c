import { readState } from "../../indicators/feed-state";
import { Hub, settingsOf } from "./hub";

/** How the feeds are, one a line. */
export async function feedsText(hub: Hub): Promise<string> {
    const { feeds } = await settingsOf(hub);
    const lines = await Promise.all(
        feeds.map(
            async ({ name, protocol }) =>
                `${name.padEnd(24)}${protocol.padEnd(11)}${await stateText(hub, name)}`,
        ),
    );
    return `${lines.join("\n")}\n`;
}

async function stateText({ s3, names }: Hub, feed: string): Promise<string> {
    const { good, held, last } = (await readState(s3, names.snapshotBucketName, feed)).state;
    if (!good && !last) {
        return "not collected yet";
    }
    return [
        good ? `${good.counts.indicators} indicators of ${good.at}` : "no good list yet",
        ...(last ? [`last run ${last.outcome} at ${last.at}${last.error ? `: ${last.error}` : ""}`] : []),
        ...(held ? [`held: ${held.reason}`] : []),
    ].join("; ");
}
