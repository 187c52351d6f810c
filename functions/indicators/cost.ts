import { AttributeValue, ConsumedCapacity } from "@aws-sdk/client-dynamodb";
import { TableItem } from "./table-item";

/**
 * US dollars a request unit: on-demand, Standard table class, us-east-1, as listed since 1 November 2024 at
 * https://aws.amazon.com/dynamodb/pricing/on-demand/.
 */
const DOLLARS_A_READ = 0.125 / 1_000_000;
const DOLLARS_A_WRITE = 0.625 / 1_000_000;

/** A consistent read unit is 4 KB, a write unit 1 KB. A scan is charged by the page, a write by the item. */
const READ_BYTES = 4096;
const WRITE_BYTES = 1024;

/** What a run took of DynamoDB. */
export interface Cost {
    readonly readUnits: number;
    readonly writeUnits: number;
    /** US dollars at on-demand list price in us-east-1. */
    readonly dollars: number;
}

/** Adds up what DynamoDB says it charged, or what it would charge where it does not say so (local clouds). */
export class CostMeter {
    private readUnits = 0;
    private writeUnits = 0;

    /** @param items of one page of a consistent scan */
    read(items: readonly TableItem[], consumed?: ConsumedCapacity): void {
        const bytes = items.reduce((sum, item) => sum + itemBytes(item), 0);
        this.readUnits += consumed?.CapacityUnits ?? Math.max(1, Math.ceil(bytes / READ_BYTES));
    }

    /** @param items that were put, or the keys of those deleted */
    write(items: readonly TableItem[], consumed?: readonly ConsumedCapacity[]): void {
        const said = consumed?.reduce((sum, { CapacityUnits }) => sum + (CapacityUnits ?? 0), 0);
        this.writeUnits +=
            said ||
            items.reduce((sum, item) => sum + Math.max(1, Math.ceil(itemBytes(item) / WRITE_BYTES)), 0);
    }

    total(): Cost {
        const { readUnits, writeUnits } = this;
        return { readUnits, writeUnits, dollars: readUnits * DOLLARS_A_READ + writeUnits * DOLLARS_A_WRITE };
    }
}

/** Names and values: strings in UTF-8, numbers at two digits a byte and one more. */
function itemBytes(item: TableItem): number {
    return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);
}

function valueBytes({ S, N, SS }: AttributeValue): number {
    return N === undefined
        ? [S ?? "", ...(SS ?? [])].reduce((sum, text) => sum + Buffer.byteLength(text), 0)
        : Math.ceil(N.length / 2) + 1;
}
