import { parseTime } from "./time";

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/**
 * Parses the time of the Common Log Format, `06/Feb/2019:00:00:38 +0000`, without brackets.
 * @returns epoch milliseconds, or NaN when it is no such time
 */
export function parseClfTime(bytes: Buffer, start: number, end: number): number {
    if (end - start !== 26) {
        return NaN;
    }
    const text = bytes.toString("latin1", start, end);
    const month = MONTHS.indexOf(text.slice(3, 6));
    const shape = text[2] === "/" && text[6] === "/" && text[11] === ":" && text[20] === " ";
    if (!shape || month < 0 || month % 3 !== 0) {
        return NaN;
    }
    const number = String(month / 3 + 1).padStart(2, "0");
    const iso = `${text.slice(7, 11)}-${number}-${text.slice(0, 2)}T${text.slice(12, 20)}${text.slice(21)}`;
    return parseTime(Buffer.from(iso, "latin1"), 0, iso.length);
}
