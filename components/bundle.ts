import { buildSync } from "esbuild";
import * as path from "node:path";

/** Handlers that can be deployed: files of `functions/handlers/`. */
export type HandlerName =
    | "block-lists"
    | "collect"
    | "compile"
    | "enforce"
    | "enrich"
    | "index-documents"
    | "notify"
    | "own-addresses";

const built = new Map<HandlerName, string>();

/**
 * Bundles a handler for Lambda: CommonJS, minified, with a source map; the AWS SDK is left to the runtime, which has it.
 * @returns the bundle's path relative to the working directory, as `require` in the archive wants it
 */
export function bundleHandler(handler: HandlerName): string {
    const known = built.get(handler);
    if (known) {
        return known;
    }
    const outfile = `./.build/${handler}.js`;
    buildSync({
        entryPoints: [path.join(__dirname, "..", "functions", "handlers", `${handler}.ts`)],
        outfile: path.resolve(outfile),
        bundle: true,
        minify: true,
        sourcemap: "inline",
        sourcesContent: false,
        platform: "node",
        target: "node22",
        format: "cjs",
        external: ["@aws-sdk/*", "@smithy/*"],
        logLevel: "error",
    });
    built.set(handler, outfile);
    return outfile;
}
