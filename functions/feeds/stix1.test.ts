import assert from "node:assert/strict";
import { stix1Values } from "./stix1";

const NAMESPACES = `xmlns:stix="http://stix.mitre.org/stix-1" xmlns:indicator="http://stix.mitre.org/Indicator-2"
    xmlns:cybox="http://cybox.mitre.org/cybox-2" xmlns:sc="http://stix.mitre.org/common-1"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`;

const pack = (content: string): string => `<stix:STIX_Package ${NAMESPACES}>${content}</stix:STIX_Package>`;
const indicators = (...content: string[]): string =>
    pack(`<stix:Indicators>${content.join("")}</stix:Indicators>`);
const indicator = (content: string, attributes = ""): string =>
    `<stix:Indicator ${attributes} xsi:type="indicator:IndicatorType">${content}</stix:Indicator>`;
const observed = (content: string, attributes = ""): string =>
    `<indicator:Observable ${attributes}>${content}</indicator:Observable>`;
const part = (content: string, attributes = ""): string =>
    `<cybox:Observable ${attributes}>${content}</cybox:Observable>`;
const object = (type: string, content: string, attributes = ""): string =>
    `<cybox:Object><cybox:Properties xsi:type="o:${type}" ${attributes}>${content}</cybox:Properties></cybox:Object>`;
const address = (value: string, attributes = 'category="ipv4-addr"', field = ""): string =>
    object("AddressObjectType", `<o:Address_Value ${field}>${value}</o:Address_Value>`, attributes);
const composed = (operator: string, ...content: string[]): string =>
    `<cybox:Observable_Composition operator="${operator}">${content.join("")}</cybox:Observable_Composition>`;

/** Values of an indicator with this observable, with the reason after those that are refused. */
const values = (content: string): string[] => told(indicators(indicator(observed(content))));
const told = (text: string): string[] =>
    stix1Values(text).map(({ value, refused }) => (refused ? `${value}: ${refused}` : value));

describe("STIX 1 values", () => {
    it("reads addresses, networks, domains, host names and URLs, whatever the prefixes are", () => {
        assert.deepEqual(values(address("198.51.100.7")), ["198.51.100.7"]);
        assert.deepEqual(values(address("2001:db8::1", 'category="ipv6-addr"')), ["2001:db8::1"]);
        assert.deepEqual(values(address("198.51.100.0/24", 'category="cidr"')), ["198.51.100.0/24"]);
        assert.deepEqual(values(address("198.51.100.9", "")), ["198.51.100.9"]);
        const domain = "<o:Value>evil.example</o:Value>";
        assert.deepEqual(values(object("DomainNameObjectType", domain, 'type="FQDN"')), ["evil.example"]);
        const host = "<o:Hostname_Value> a.evil.example\n</o:Hostname_Value>";
        assert.deepEqual(values(object("HostnameObjectType", host)), ["a.evil.example"]);
        const url = (text: string): string[] =>
            values(object("URIObjectType", `<o:Value>${text}</o:Value>`, 'type="URL"'));
        assert.deepEqual(url("http://evil.example/?a=1&amp;b=2"), ["http://evil.example/?a=1&b=2"]);
        assert.deepEqual(url("<![CDATA[hxxp://evil[.]example/?a&amp;b]]>"), [
            "hxxp://evil[.]example/?a&amp;b",
        ]);
    });

    it("reads a package without prefixes", () => {
        const text = `<STIX_Package xmlns="http://stix.mitre.org/stix-1" xmlns:x="http://www.w3.org/2001/XMLSchema-instance">
            <Indicators><Indicator><Observable><Object><Properties x:type="AddressObjectType">
            <Address_Value>198.51.100.7</Address_Value></Properties></Object></Observable></Indicator></Indicators></STIX_Package>`;
        assert.deepEqual(told(text), ["198.51.100.7"]);
    });

    it("takes each of several values of a field", () => {
        const list = "http://a.example/,x##comma##http://b.example/";
        const field = (attributes: string): string[] =>
            values(object("URIObjectType", `<o:Value ${attributes}>${list}</o:Value>`));
        const both = ["http://a.example/,x", "http://b.example/"];
        assert.deepEqual(field('condition="Equals" apply_condition="ANY"'), both);
        assert.deepEqual(
            field('condition="Equals" apply_condition="ALL"'),
            both.map((url) => `${url}: joined with AND`),
        );
        assert.deepEqual(
            field('condition="Equals" apply_condition="NONE"'),
            both.map((url) => `${url}: negated`),
        );
    });

    it("does not turn another condition than equality into a match", () => {
        for (const condition of [
            "InclusiveBetween",
            "Contains",
            "DoesNotEqual",
            "FitsPattern",
            "StartsWith",
        ]) {
            const field = `condition="${condition}"`;
            assert.deepEqual(values(address("198.51.100.7", "", field)), [
                "198.51.100.7: condition is not equality",
            ]);
        }
    });

    it("does not turn what an indicator or observable negates into a match", () => {
        const inside = observed(address("198.51.100.7"));
        assert.deepEqual(told(indicators(indicator(inside, 'negate="true"'))), ["198.51.100.7: negated"]);
        const negated = observed(address("198.51.100.7"), 'negate="1"');
        assert.deepEqual(told(indicators(indicator(negated))), ["198.51.100.7: negated"]);
    });

    it("refuses an address with a port, and takes one without", () => {
        const ip = "<o:IP_Address><o:Address_Value>198.51.100.7</o:Address_Value></o:IP_Address>";
        const host = "<o:Hostname><o:Hostname_Value>evil.example</o:Hostname_Value></o:Hostname>";
        const port = "<o:Port><o:Port_Value>443</o:Port_Value></o:Port>";
        const refused = ["198.51.100.7: joins address and port"];
        assert.deepEqual(values(object("SocketAddressObjectType", ip + port)), refused);
        assert.deepEqual(values(object("SocketAddressObjectType", ip)), ["198.51.100.7"]);
        assert.deepEqual(values(object("SocketAddressObjectType", ip + host)), [
            "198.51.100.7: joined with AND",
            "evil.example: joined with AND",
        ]);
        const to = (content: string): string =>
            `<o:Destination_Socket_Address>${content}</o:Destination_Socket_Address>`;
        const from = `<o:Source_Socket_Address>${ip.replace(".7", ".8")}</o:Source_Socket_Address>`;
        assert.deepEqual(values(object("NetworkConnectionObjectType", to(ip + port))), refused);
        assert.deepEqual(values(object("NetworkConnectionObjectType", to(ip))), ["198.51.100.7"]);
        assert.deepEqual(values(object("NetworkConnectionObjectType", from + to(ip))), [
            "198.51.100.8: joined with AND",
            "198.51.100.7: joined with AND",
        ]);
    });

    it("refuses what cannot be matched: other categories, spoofed addresses, files", () => {
        assert.deepEqual(values(address("a@evil.example", 'category="e-mail"')), [
            "a@evil.example: type cannot be matched",
        ]);
        assert.deepEqual(values(address("198.51.100.7", 'is_spoofed="true"')), [
            "198.51.100.7: spoofed address",
        ]);
        assert.deepEqual(values(object("FileObjectType", "<o:Hashes/>")), [
            "FileObjectType: type cannot be matched",
        ]);
    });

    it("takes each of what is joined with OR, and none of what is joined with AND", () => {
        const one = part(address("198.51.100.1"));
        const two = part(address("198.51.100.2"));
        assert.deepEqual(values(composed("OR", one, two)), ["198.51.100.1", "198.51.100.2"]);
        assert.deepEqual(values(composed("AND", one, two)), [
            "198.51.100.1: joined with AND",
            "198.51.100.2: joined with AND",
        ]);
        assert.deepEqual(values(composed("AND", one)), ["198.51.100.1"]);
        assert.deepEqual(values(composed("OR", one, part(composed("AND", two, two)))), [
            "198.51.100.1",
            "198.51.100.2: joined with AND",
            "198.51.100.2: joined with AND",
        ]);
    });

    it("does the same with indicators made of indicators, also where the parts stand on their own", () => {
        const composite = (operator: string): string =>
            indicators(
                indicator(observed(address("198.51.100.1")), 'id="e:1"'),
                indicator(observed(address("198.51.100.2")), 'id="e:2"'),
                indicator(
                    `<indicator:Composite_Indicator_Expression operator="${operator}">
                    <indicator:Indicator idref="e:1"/><indicator:Indicator idref="e:2"/>
                    </indicator:Composite_Indicator_Expression>`,
                ),
            );
        const and = new Set(told(composite("AND")));
        assert.deepEqual([...and], ["198.51.100.1: joined with AND", "198.51.100.2: joined with AND"]);
        assert.deepEqual([...new Set(told(composite("OR")))], ["198.51.100.1", "198.51.100.2"]);
    });

    it("resolves references within the package, and says which lead nowhere", () => {
        const observables = `<stix:Observables>${part(address("198.51.100.1"), 'id="e:o1"')}
            ${part(address("198.51.100.2"), 'id="e:context"')}</stix:Observables>`;
        const text = pack(
            `${observables}<stix:Indicators>${indicator(observed("", 'idref="e:o1"'))}
            ${indicator(observed("", 'idref="e:gone"'))}</stix:Indicators>`,
        );
        assert.deepEqual(told(text), ["198.51.100.1", "e:gone: reference cannot be resolved"]);
    });

    it("reads observables that are a package's only content, and none that are context", () => {
        const seen = `<stix:Observables>${part(address("198.51.100.1"))}</stix:Observables>`;
        assert.deepEqual(told(pack(`<stix:STIX_Header/>${seen}`)), ["198.51.100.1"]);
        assert.deepEqual(told(pack(`${seen}<stix:Incidents/>`)), []);
        const joined = composed("AND", part("", 'idref="e:1"'), part("", 'idref="e:2"'));
        const text = pack(`<stix:Observables>${part(address("198.51.100.1"), 'id="e:1"')}
            ${part(address("198.51.100.2"), 'id="e:2"')}${part(joined)}</stix:Observables>`);
        assert.ok(told(text).every((value) => value.endsWith("joined with AND")));
    });

    it("ends with references in a circle, and with ones that multiply", () => {
        const reference = (id: string): string => part("", `idref="${id}"`);
        const circle = part(composed("OR", reference("e:c"), part(address("198.51.100.1"))), 'id="e:c"');
        assert.deepEqual(
            told(
                indicators(indicator(observed("", 'idref="e:c"'))).replace(
                    "<stix:Indicators>",
                    `<stix:Observables>${circle}</stix:Observables><stix:Indicators>`,
                ),
            ),
            ["198.51.100.1"],
        );
        const levels = Array.from({ length: 40 }, (_, level) =>
            part(composed("OR", reference(`e:${level + 1}`), reference(`e:${level + 1}`)), `id="e:${level}"`),
        );
        const text = pack(`<stix:Observables>${levels.join("")}${part(address("198.51.100.1"), 'id="e:40"')}
            </stix:Observables><stix:Indicators>${indicator(observed("", 'idref="e:0"'))}</stix:Indicators>`);
        assert.deepEqual(told(text), ["198.51.100.1"]);
    });

    it("refuses a package of which references make more values than it could hold", () => {
        const many = Array.from({ length: 1000 }, () => part(address("198.51.100.1")));
        const all = part(composed("OR", ...many), 'id="e:all"');
        const users = Array.from({ length: 1000 }, () => indicator(observed("", 'idref="e:all"')));
        const text = pack(
            `<stix:Observables>${all}</stix:Observables><stix:Indicators>${users.join("")}</stix:Indicators>`,
        );
        assert.throws(() => stix1Values(text), /more than 200000 values/);
    });

    it("says how certain an indicator is and when it holds", () => {
        const facts = (more: string, attributes = ""): unknown => {
            const [{ value: _, ...rest }] = stix1Values(
                indicators(indicator(more + observed(address("198.51.100.1")), attributes)),
            );
            return rest;
        };
        const confidence = (word: string): string =>
            `<indicator:Confidence><sc:Value xsi:type="v:HighMediumLowVocab-1.0">${word}</sc:Value></indicator:Confidence>`;
        assert.deepEqual(facts(confidence("High")), { confidence: 85 });
        assert.deepEqual(facts(confidence("Medium")), { confidence: 55 });
        assert.deepEqual(facts(confidence("Low")), { confidence: 25 });
        assert.deepEqual(facts(confidence("72")), { confidence: 72 });
        assert.deepEqual(facts(confidence("Unknown")), {});
        const valid = (start: string, end: string): string =>
            `<indicator:Valid_Time_Position>${start && `<indicator:Start_Time>${start}</indicator:Start_Time>`}
            ${end && `<indicator:End_Time>${end}</indicator:End_Time>`}</indicator:Valid_Time_Position>`;
        assert.deepEqual(facts(valid("2026-01-02T03:04:05+01:00", "2026-02-01T00:00:00")), {
            firstSeen: "2026-01-02T02:04:05.000Z",
            validUntil: "2026-02-01T00:00:00.000Z",
        });
        assert.deepEqual(facts(valid("2026-01-02T00:00:00Z", "2026-02-01T00:00:00Z") + valid("", "")), {
            firstSeen: "2026-01-02T00:00:00.000Z",
        });
        assert.deepEqual(facts("", 'timestamp="2026-03-01T00:00:00Z"'), {
            firstSeen: "2026-03-01T00:00:00.000Z",
        });
        assert.deepEqual(facts(valid("some day", "never")), {});
    });

    it("throws for what is no STIX 1 package", () => {
        for (const text of ["", "{}", "<html/>", pack("<a>"), "<a/>".repeat(2)]) {
            assert.throws(() => stix1Values(text), Error);
        }
    });
});
