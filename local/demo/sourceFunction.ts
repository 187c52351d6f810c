import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { SourceKind } from "../../config/sources";
import { DemoContext, settingsIn, Spoke } from "./context";
import { until } from "./until";

/** Longest time that a call may take until its log tells of it. */
const PATIENCE_MILLISECONDS = 120_000;

/** The function that reads a kind of log in a spoke, as far as its log tells of it. */
export class SourceFunction {
    private constructor(
        readonly kind: SourceKind,
        private readonly name: string,
        private readonly logGroup: string,
        private readonly logs: CloudWatchLogsClient,
        private readonly lambda: LambdaClient,
    ) {}

    /** @returns undefined when the spoke does not read this kind */
    static async of(
        context: DemoContext,
        { account, outputs }: Spoke,
        kind: SourceKind,
    ): Promise<SourceFunction | undefined> {
        const name = outputs.sources[kind]?.functionName;
        if (name === undefined) {
            return undefined;
        }
        const settings = settingsIn(context, account);
        const lambda = new LambdaClient(settings);
        const { LoggingConfig } = await lambda.send(
            new GetFunctionConfigurationCommand({ FunctionName: name }),
        );
        const logs = new CloudWatchLogsClient(settings);
        return new SourceFunction(kind, name, LoggingConfig!.LogGroup!, logs, lambda);
    }

    /** Calls that have ended. */
    async calls(): Promise<number> {
        return (await this.messages(0, "REPORT")).length;
    }

    /** @throws LateError when there are not that many calls within two minutes */
    async called(times: number): Promise<void> {
        await until(`call ${times} of ${this.name}`, PATIENCE_MILLISECONDS, async () =>
            (await this.calls()) >= times ? true : undefined,
        );
    }

    /** Records skipped since a time, by reason. */
    async skipped(since: number): Promise<Record<string, number>> {
        const skipped: Record<string, number> = {};
        for (const message of await this.messages(since)) {
            for (const [reason, count] of Object.entries(skippedOf(message))) {
                skipped[reason] = (skipped[reason] ?? 0) + count;
            }
        }
        return skipped;
    }

    /** The local cloud may hand on a call's last lines with the next one: makes one, with nothing to do. */
    async flush(): Promise<void> {
        await this.lambda.send(
            new InvokeCommand({ FunctionName: this.name, Payload: Buffer.from('{"Records":[]}') }),
        );
    }

    private async messages(startTime: number, filterPattern?: string): Promise<string[]> {
        const messages: string[] = [];
        let nextToken: string | undefined;
        do {
            const page = await this.logs.send(
                new FilterLogEventsCommand({
                    logGroupName: this.logGroup,
                    startTime,
                    filterPattern,
                    nextToken,
                }),
            );
            messages.push(...(page.events ?? []).map(({ message = "" }) => message));
            nextToken = page.nextToken;
        } while (nextToken);
        return messages;
    }
}

function skippedOf(message: string): Record<string, number> {
    const start = message.indexOf("{");
    if (start < 0 || !message.includes('"skippedBy"')) {
        return {};
    }
    try {
        return (JSON.parse(message.slice(start)) as { skippedBy?: Record<string, number> }).skippedBy ?? {};
    } catch {
        return {};
    }
}
