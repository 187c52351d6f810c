import { pipeline, Readable } from "node:stream";
import { CsvError, parse, Parser } from "csv-parse";
import { CsvDefinition } from "./definition";
import { FeedValue } from "./feed";
import { FeedError } from "./feed-error";
import { listReader } from "./list-reader";
import { OpenFeed } from "./registry";

/** Characters of a row. A quote that is never closed ends there, and not with the memory. */
const LONGEST_ROW = 64 * 1024;

const BATCH_ROWS = 1000;

type CsvShape = Pick<CsvDefinition, "columns" | "delimiter" | "header">;

/** A list with values in some of its columns. A pass is always full. */
export const openCsv: OpenFeed<"csv"> = (definition, tools) => {
    const { columns, delimiter = ",", header = false, url } = definition;
    const key = `csv ${JSON.stringify([columns, delimiter, header])}`;
    return listReader({ url, key, values: (bytes) => csvValues(bytes, definition, url) }, tools);
};

/**
 * The values of the columns, those of some rows at once; nothing of empty fields. Rows that begin with `#` are comments.
 * @throws FeedError `response` for a row that has no end
 */
export async function* csvValues(
    bytes: AsyncIterable<Uint8Array>,
    { columns, delimiter = ",", header = false }: CsvShape,
    url: string,
): AsyncGenerator<FeedValue[]> {
    let values: FeedValue[] = [];
    let rows = 0;
    try {
        for await (const row of pipeline(
            Readable.from(bytes),
            parserOf(delimiter, header),
            () => undefined,
        )) {
            values.push(...valuesOfRow(row as readonly string[], columns));
            if (++rows % BATCH_ROWS === 0) {
                yield values;
                values = [];
            }
        }
    } catch (error) {
        throw error instanceof CsvError
            ? new FeedError("response", `${url} is no CSV, after ${rows} rows: ${error.code}`, {
                  cause: error,
              })
            : error;
    }
    yield values;
}

function parserOf(delimiter: string, header: boolean): Parser {
    return parse({
        bom: true,
        comment: "#",
        comment_no_infix: true,
        delimiter,
        from: header ? 2 : 1,
        max_record_size: LONGEST_ROW,
        record_delimiter: ["\r\n", "\n", "\r"],
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
        trim: delimiter.trim() !== "",
    });
}

function valuesOfRow(row: readonly string[], columns: readonly number[]): FeedValue[] {
    return columns.flatMap((column): FeedValue[] => {
        const value = row[column - 1]?.trim();
        if (value === undefined) {
            return [{ value: row.join(" ").slice(0, 100), refused: `row without column ${column}` }];
        }
        return value === "" ? [] : [{ value }];
    });
}
