import assert from "node:assert/strict";
import { csvValues, openCsv } from "./csv";
import { CsvDefinition } from "./definition";
import { FeedValue } from "./feed";
import { TestServers } from "./http-testing";
import { filesServer, isFeedError, listTools, readList, textsOf } from "./list-testing";

async function valuesOf(text: string, shape: Pick<CsvDefinition, "columns" | "delimiter" | "header">) {
    const values: FeedValue[] = [];
    const bytes = (async function* () {
        yield Buffer.from(text);
    })();
    for await (const batch of csvValues(bytes, shape, "https://feeds.example/a.csv")) {
        values.push(...batch);
    }
    return values;
}

describe("CSV feed", () => {
    it("gives the values of a quoted column, without comments and header", async () => {
        const text = [
            "\ufeff# id, dateadded, url",
            '"id","url","tags"',
            '"1","http://x.example/a,b#c","a ""quoted"" tag"',
            '"2", "http://y.example/" ,',
            "3,http://z.example/?q=#,",
            "",
        ].join("\r\n");
        assert.deepEqual(textsOf(await valuesOf(text, { columns: [2], header: true })), [
            "http://x.example/a,b#c",
            "http://y.example/",
            "http://z.example/?q=#",
        ]);
    });

    it("takes several columns, and any delimiter", async () => {
        const text = "a|203.0.113.4|evil.example\nb|  203.0.113.5  |\n";
        const values = await valuesOf(text, { columns: [2, 3], delimiter: "|" });
        assert.deepEqual(textsOf(values), ["203.0.113.4", "evil.example", "203.0.113.5"]);
        for (const delimiter of [" ", "\t"]) {
            const spaced = ["203.0.113.4", "#", "Scanning", "Host"].join(delimiter);
            assert.deepEqual(textsOf(await valuesOf(spaced, { columns: [1], delimiter })), ["203.0.113.4"]);
        }
    });

    it("tells of rows without the column, and reads on", async () => {
        const values = await valuesOf("1,203.0.113.4\nfooter\n2,203.0.113.5\n", { columns: [2] });
        assert.deepEqual(values, [
            { value: "203.0.113.4" },
            { value: "footer", refused: "row without column 2" },
            { value: "203.0.113.5" },
        ]);
    });

    it("bears a quote within a field", async () => {
        assert.deepEqual(textsOf(await valuesOf('a "b" c,203.0.113.4\n', { columns: [2] })), ["203.0.113.4"]);
    });

    it("stops at a quote that is never closed, rather than swallow the rest", async () => {
        const text = `1,"203.0.113.4\n${"2,203.0.113.5\n".repeat(10_000)}`;
        await assert.rejects(
            valuesOf(text, { columns: [2] }),
            isFeedError("response", /a\.csv is no CSV, after 0 rows: CSV_MAX_RECORD_SIZE/),
        );
    });

    it("is read whole, and not again while file and columns are the same", async () => {
        const servers = new TestServers();
        const tools = listTools();
        const rows = Array.from({ length: 7000 }, (_, i) => `a${i}.example,b${i}.example`);
        const base = await servers.serve(filesServer({ "/a.csv": rows.join("\n") }));
        const url = `${base}/a.csv`;
        const readerOf = (columns: readonly number[]) =>
            openCsv({ name: "csv", protocol: "csv", confidence: 50, ttlDays: 8, url, columns }, tools);
        try {
            const first = await readList(readerOf([1]));
            assert.deepEqual(
                textsOf(first.values),
                rows.map((row) => row.split(",")[0]),
            );
            const rest = await readList(readerOf([1]), { resume: first.pages[0].resume });
            assert.deepEqual(rest.values, first.values.slice(5000));
            const { memory } = first.end;
            assert.equal((await readList(readerOf([1]), { memory })).end.pass, "unchanged");
            assert.equal((await readList(readerOf([2]), { memory })).values[0].value, "b0.example");
        } finally {
            servers.close();
            await tools.http.close();
        }
    });
});
