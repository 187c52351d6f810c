import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { CommandError, Hub, HubNames } from "../functions/cli/indicators/hub";
import { main } from "../functions/cli/indicators/main";
import { ClientConfig, HUB } from "./accounts";
import { outputsOf } from "./deploy";
import { HUB_STACK } from "./demo/stackSpecs";
import { isRunning } from "./engines/processes";
import { readState } from "./engines/state";
import { lambdaClient } from "./lambdaClient";
import { REPO_DIR } from "./paths";
import { ensurePulumi } from "./tools/pulumi";
import { lastLine, run } from "./tools/run";

/** Finds the hub: of a Pulumi stack with the caller's own credentials, or of the local cloud. */
async function connect(stack: string | undefined): Promise<Hub> {
    return stack === undefined ? localHub() : hubOf(await stackOutputs(stack), {});
}

async function stackOutputs(stack: string): Promise<HubNames> {
    const args = ["stack", "output", "--json", "--stack", stack];
    const { code, stdout, stderr } = await run("pulumi", args, { cwd: REPO_DIR });
    if (code !== 0) {
        throw new CommandError(
            `cannot read the outputs of ${stack}: ${lastLine(stderr) || "is pulumi installed?"}`,
        );
    }
    return JSON.parse(stdout) as HubNames;
}

async function localHub(): Promise<Hub> {
    const engine = readState().ministack;
    if (!engine || !isRunning(engine)) {
        throw new CommandError(
            "the local cloud does not run: npm run demo starts it, or name a hub with --stack",
        );
    }
    const outputs = await outputsOf(await ensurePulumi(() => undefined), HUB_STACK);
    if (!outputs) {
        throw new CommandError("no hub is deployed in the local cloud: npm run demo deploys one");
    }
    return hubOf(outputs as unknown as HubNames, {
        endpoint: `http://127.0.0.1:${engine.port}`,
        // The account's root, as MiniStack knows it.
        credentials: { accessKeyId: HUB.id, secretAccessKey: "local" },
        forcePathStyle: true,
    });
}

function hubOf(names: HubNames, settings: Partial<ClientConfig>): Hub {
    const config = { ...settings, region: names.region };
    return {
        names,
        dynamo: new DynamoDBClient(config),
        s3: new S3Client(config),
        lambda: lambdaClient(config),
        sts: new STSClient(config),
        now: () => new Date(),
    };
}

const print = {
    out: (text: string) => void process.stdout.write(text),
    err: (text: string) => void process.stderr.write(text),
};

void main(process.argv.slice(2), connect, print).then(
    (code) => process.exit(code),
    (error: unknown) => {
        print.err(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(1);
    },
);
