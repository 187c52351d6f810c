import * as fs from "node:fs";
import * as path from "node:path";
import { LOCAL_DIR } from "../paths";
import { demoOptions, HELP, UsageError } from "./options";
import { imbalances, renderReport } from "./report";
import { runDemo } from "./stages";

const AFTERWARDS = (search: string, misp: string) => `
The cloud is still up. To look around:
  documents that matched   curl '${search}/logs-*/_search?q=threat.matched:true&size=3&pretty'
  number of documents      curl '${search}/logs-*/_count?pretty'
  why a value is blocked   npm run -s indicators -- explain VALUE
  how the feeds are        npm run -s indicators -- feeds
  MISP stand-in            ${misp}
  engines and ports        npm run local -- status
To stop it: npm run local -- down      To forget everything: npm run local -- reset`;

/** @returns the exit code: 0 well, 1 failed or counts do not add up, 2 wrong use */
async function main(argv: readonly string[]): Promise<number> {
    try {
        const options = demoOptions(argv);
        if (options === "help") {
            console.log(HELP);
            return 0;
        }
        const { report, context } = await runDemo(options);
        fs.mkdirSync(LOCAL_DIR, { recursive: true });
        fs.writeFileSync(path.join(LOCAL_DIR, "demo-report.json"), `${JSON.stringify(report, null, 2)}\n`);
        console.log(renderReport(report));
        const faults = imbalances(report);
        faults.forEach((fault) => console.error(`counts do not add up: ${fault}`));
        console.log(AFTERWARDS(context.cloud.openSearchEndpoint, context.misp.url));
        return faults.length > 0 ? 1 : 0;
    } catch (error) {
        console.error(error instanceof Error ? error.message : String(error));
        return error instanceof UsageError ? 2 : 1;
    }
}

void main(process.argv.slice(2)).then((code) => process.exit(code));
