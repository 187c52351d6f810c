import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Services, ServicesOptions, startServices } from "./server";

export const ACCOUNT = "222222222222";
export const REGION = "eu-west-1";

/** The stand-in beside a bucket in memory: access keys are accounts, so nobody is asked whose they are. */
export class TestServices {
    private constructor(
        private services: Services,
        private readonly options: ServicesOptions,
        private readonly endBucket: () => void,
        /** Text of list files, by `bucket/key`. */
        readonly files: Map<string, string>,
    ) {}

    static async start(more: Partial<ServicesOptions> = {}): Promise<TestServices> {
        const files = new Map<string, string>();
        const bucket = createServer((request, response) => {
            const { pathname } = new URL(request.url ?? "", "http://bucket");
            const text = files.get(decodeURIComponent(pathname).slice(1));
            response.statusCode = text === undefined ? 404 : 200;
            response.end(text ?? "<Error><Code>NoSuchKey</Code></Error>");
        });
        await new Promise<void>((resolve) => bucket.listen(0, "127.0.0.1", resolve));
        const { port } = bucket.address() as AddressInfo;
        // What AWS does in the background is done at once, unless a test wants to see it going on.
        const options = { awsEndpoint: () => `http://127.0.0.1:${port}`, settle: 0, ...more };
        const end = () => {
            bucket.close();
            bucket.closeAllConnections();
        };
        return new TestServices(await startServices(options), options, end, files);
    }

    /** Settings of a client. */
    client(account = ACCOUNT, region = REGION) {
        return {
            endpoint: this.services.url,
            region,
            maxAttempts: 1,
            credentials: { accessKeyId: account, secretAccessKey: "local" },
        };
    }

    async restart(): Promise<void> {
        await this.services.close();
        this.services = await startServices(this.options);
    }

    async stop(): Promise<void> {
        await this.services.close();
        this.endBucket();
    }
}
