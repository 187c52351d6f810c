import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { serveRounds } from "./rounds";

type Decode = (text: string) => Iterable<unknown>;

const WORD = "(\\S+)";
const QUOTED = '"((?:[^"\\\\]|\\\\.)*)"';

const ALB = new RegExp(
    `^${[
        ...Array.from({ length: 12 }, () => WORD),
        ...[QUOTED, QUOTED, WORD, WORD, WORD, QUOTED, QUOTED, QUOTED, WORD, WORD],
        ...Array.from({ length: 7 }, () => QUOTED),
    ].join(" ")}(.*)$`,
);
const VPCFLOW = new RegExp(`^${Array.from({ length: 14 }, () => WORD).join(" ")}$`);

function* matches(text: string, expression: RegExp): Iterable<unknown> {
    for (const line of text.split("\n")) {
        const match = expression.exec(line);
        if (match && !line.startsWith("version ")) {
            yield Object.fromEntries(match.slice(1).map((value, index) => [`field${index}`, value]));
        }
    }
}

const DECODERS: Readonly<Record<string, Decode>> = {
    alb: (text) => matches(text, ALB),
    vpcflow: (text) => matches(text, VPCFLOW),
    waf: (text) =>
        text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line) as unknown),
    cloudtrail: (text) => (JSON.parse(text) as { readonly Records: readonly unknown[] }).Records,
};

/**
 * The plain way, a process of its own (see `serveRounds`): `plain.ts KIND FILE…` takes records apart by a regular
 * expression or `JSON.parse`, makes objects of them and serialises these. It enriches nothing.
 */
async function main([kind, ...files]: readonly string[]): Promise<void> {
    const decode = DECODERS[kind];
    await serveRounds(async () => {
        const done = { records: 0, bytes: 0 };
        for (const file of files) {
            for (const record of decode(gunzipSync(readFileSync(file)).toString("utf8"))) {
                done.records++;
                done.bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
            }
        }
        return done;
    });
}

void main(process.argv.slice(2));
