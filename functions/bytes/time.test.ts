import assert from "node:assert/strict";
import * as fc from "fast-check";
import { MAX_TIME, parseTime } from "./time";

function parse(text: string): number {
    const bytes = Buffer.from(`>${text}<`);
    return parseTime(bytes, 1, bytes.length - 1);
}

const TIME = fc.integer({ min: Date.UTC(1000, 0, 1), max: MAX_TIME });

describe("parseTime", () => {
    it("reads any time as Date writes it", () => {
        fc.assert(
            fc.property(
                TIME,
                fc.constantFrom("T", " "),
                fc.constantFrom("Z", ""),
                (time, separator, zone) => {
                    const text = new Date(time).toISOString().replace("T", separator).replace("Z", zone);
                    assert.equal(parse(text), time, text);
                },
            ),
            { numRuns: 2000 },
        );
    });

    it("cuts off decimals beyond milliseconds", () => {
        fc.assert(
            fc.property(TIME, fc.stringMatching(/^\d{0,12}$/), (time, more) => {
                assert.equal(parse(new Date(time).toISOString().replace("Z", `${more}Z`)), time);
            }),
        );
        assert.equal(parse("2026-11-24T13:31:01.5Z"), Date.UTC(2026, 10, 24, 13, 31, 1, 500));
        assert.equal(parse("2026-11-24T13:31:01Z"), Date.UTC(2026, 10, 24, 13, 31, 1));
    });

    it("reads offsets as Date does", () => {
        const pad = (number: number) => String(number).padStart(2, "0");
        fc.assert(
            fc.property(
                fc.integer({ min: Date.UTC(1001, 0, 1), max: Date.UTC(9998, 0, 1) }),
                fc.constantFrom("+", "-"),
                fc.integer({ min: 0, max: 14 }),
                fc.integer({ min: 0, max: 59 }),
                (time, sign, hours, minutes) => {
                    const text = new Date(time).toISOString().slice(0, 19);
                    const expected = Date.parse(`${text}${sign}${pad(hours)}:${pad(minutes)}`);
                    assert.equal(parse(`${text}${sign}${pad(hours)}:${pad(minutes)}`), expected);
                    assert.equal(parse(`${text}.000${sign}${pad(hours)}${pad(minutes)}`), expected);
                },
            ),
        );
    });

    it("agrees with Date on what is no day", () => {
        const field = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, "0"));
        fc.assert(
            fc.property(field(15), field(35), field(26), field(65), (month, day, hour, minute) => {
                const text = `2024-${month}-${day}T${hour}:${minute}:00.000Z`;
                const date = new Date(text);
                // Date rolls 2024-02-30 over to March, and knows 24:00.
                const real = !Number.isNaN(date.getTime()) && date.toISOString() === text;
                assert.equal(parse(text), real ? date.getTime() : NaN, text);
            }),
            { numRuns: 2000 },
        );
        assert.equal(parse("2023-02-29T00:00:00Z"), NaN);
        assert.equal(parse("2024-02-29T00:00:00Z"), Date.UTC(2024, 1, 29));
    });

    it("takes a leap second for the next minute's first", () => {
        assert.equal(parse("2016-12-31T23:59:60Z"), Date.UTC(2017, 0, 1));
    });

    for (const text of [
        "",
        "2026-11-24",
        "2026-11-24T13:31",
        "2026-11-24T13:31:01X",
        "2026-11-24T13:31:01ZZ",
        "2026-11-24T13:31:01Z ",
        "2026-11-24T13:31:01+1",
        "2026-11-24T13:31:01+01",
        "2026-11-24T13:31:01+15:00",
        "2026-11-24T13:31:01+01:60",
        "2026-11-24T13:31:01+01:000",
        "2026/11/24T13:31:01Z",
        "2026-11-24t13:31:01Z",
        "2026-11-24T13.31.01Z",
        "2026-11-24T13:31:61Z",
        "0999-11-24T13:31:01Z",
        "+002026-11-24T13:31:01Z",
        "2o26-11-24T13:31:01Z",
    ]) {
        it(`refuses "${text}"`, () => assert.equal(parse(text), NaN));
    }

    it("gives no time that would need more than four digits of a year", () => {
        assert.equal(parse("9999-12-31T23:59:59.999Z"), MAX_TIME);
        assert.equal(parse("9999-12-31T23:59:59-01:00"), NaN);
        assert.equal(parse("9999-12-31T23:59:60Z"), NaN);
    });

    it("never answers otherwise than Date for a byte that is turned", () => {
        const good = "2026-11-24T13:31:01.123+02:00";
        fc.assert(
            fc.property(fc.nat(good.length - 1), fc.nat(255), (at, byte) => {
                const bytes = Buffer.from(good);
                bytes[at] = byte;
                const time = parseTime(bytes, 0, bytes.length);
                const text = bytes.toString("latin1");
                if (!Number.isNaN(time) && text.slice(17, 19) !== "60") {
                    assert.equal(time, Date.parse(text.replace(" ", "T")), text);
                }
            }),
        );
    });
});
