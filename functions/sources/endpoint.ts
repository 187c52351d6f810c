import { digits, Spans } from "../bytes/span";
import { withoutZeros } from "../documents/numbers";

const COLON = 58;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

/** An address and a port, taken apart. */
export class AddressAndPort {
    start = -1;
    end = -1;
    /** Where the port's digits begin, -1 for none. They reach to the field's end. */
    port = -1;

    /**
     * Reads `192.0.2.1:443`, `[2001:db8::1]:443` or `2001:db8::1:443`, in which the last colon is the port's. Text without
     * a colon is an address alone.
     * @returns false when the field is missing
     */
    read({ bytes, starts, ends }: Spans, i: number): boolean {
        const start = starts[i];
        const end = ends[i];
        if (start < 0) {
            return false;
        }
        let colon = end - 1;
        while (colon > start && bytes[colon] !== COLON) {
            colon--;
        }
        const port = colon > start ? digits(bytes, colon + 1, end) : -1;
        this.port = port >= 0 && port <= 65535 ? withoutZeros(bytes, colon + 1, end) : -1;
        this.start = start;
        this.end = colon > start ? colon : end;
        if (bytes[start] === OPEN_BRACKET && bytes[this.end - 1] === CLOSE_BRACKET) {
            this.start++;
            this.end--;
        }
        return true;
    }
}
