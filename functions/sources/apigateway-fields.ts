import { parseClfTime } from "../bytes/clf-time";
import { MAX_TIME, parseTime } from "../bytes/time";
import { Member } from "./apigateway-json";

/** Names, without separators and in lower case, by which records call what has an ECS field. */
const NAMES = {
    requestId: ["requestid"],
    extendedRequestId: ["extendedrequestid"],
    epoch: ["requesttimeepoch"],
    time: ["requesttime", "timestamp", "time"],
    account: ["accountid"],
    api: ["apiid"],
    domain: ["domainname", "domain", "host"],
    ip: ["ip", "sourceip", "identitysourceip", "clientip", "ipaddress"],
    method: ["httpmethod", "method"],
    path: ["path", "requestpath"],
    protocol: ["protocol"],
    status: ["status", "statuscode", "responsestatus"],
    length: ["responselength", "responsesize"],
    latency: ["responselatency"],
    userAgent: ["useragent", "identityuseragent"],
    user: ["user", "identityuser", "calleruser"],
    caller: ["caller", "identitycaller", "callerprincipal"],
    principal: ["principalid", "authorizerprincipalid", "authorizerprincipal"],
    errorMessage: ["errormessage"],
    errorType: ["errortype", "errorresponsetype"],
    integrationError: ["integrationerror", "integrationerrormessage"],
    authorizerError: ["authorizererror"],
    eventType: ["eventtype"],
    traceId: ["xraytraceid", "traceid"],
} as const;

type Field = keyof typeof NAMES;

const FIELDS: ReadonlyMap<string, Field> = new Map(
    (Object.keys(NAMES) as Field[]).flatMap((field) => NAMES[field].map((name) => [name, field] as const)),
);

/** What an access log record tells, whatever its format calls it. */
export class AccessFields {
    private readonly values = new Map<Field, string>();

    /** @param members a value `-` says that there is none */
    constructor(members: readonly Member[]) {
        for (const { name, value } of members) {
            const plain = name.replace(/^\$?context(?=\W|_)/i, "").replace(/[^a-z0-9]/gi, "");
            const field = FIELDS.get(plain.toLowerCase());
            if (field !== undefined && value !== "" && value !== "-" && !this.values.has(field)) {
                this.values.set(field, value);
            }
        }
    }

    text(field: Field): string | undefined {
        return this.values.get(field);
    }

    /** @returns an integer, -1 for none */
    count(field: Field): number {
        const text = this.values.get(field) ?? "";
        return /^\d{1,15}$/.test(text) ? Number(text) : -1;
    }

    /** @returns epoch milliseconds, NaN when the record tells no time */
    time(): number {
        const epoch = this.count("epoch");
        if (epoch >= 0 && epoch <= MAX_TIME) {
            return epoch;
        }
        const bytes = Buffer.from(this.values.get("time") ?? "");
        const clf = parseClfTime(bytes, 0, bytes.length);
        const time = Number.isNaN(clf) ? parseTime(bytes, 0, bytes.length) : clf;
        return time >= 0 && time <= MAX_TIME ? time : NaN;
    }
}
