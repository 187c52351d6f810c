import { accessLogFormat, ApiType } from "../../components/apiGatewayFormat";
import { Sightings } from "./sightings";
import { makeTraffic, Traffic, TrafficOptions } from "./traffic";
import { clfTime, webRequest } from "./web";

/** API Gateway's access log in the format that we set, of HTTP and REST APIs, and some of it in the Common Log Format. */
export function apigatewayTraffic(options: TrafficOptions): Traffic {
    const formats: Readonly<Record<ApiType, string>> = {
        http: accessLogFormat("http"),
        rest: accessLogFormat("rest"),
    };
    return makeTraffic(options, {
        record: (sightings, index) =>
            index % 20 === 0
                ? commonLogLine(options, sightings)
                : filled(formats[index % 2 === 0 ? "http" : "rest"], request(options, sightings)),
    });
}

/** API Gateway puts values into the format as they are, with whatever quotation marks they have. */
function filled(format: string, values: Readonly<Record<string, string>>): string {
    return format.replace(/\$context\.([\w.]+)/g, (_, name: string) => values[name] ?? "-");
}

/** @returns values of `$context`; one without a value is left out */
function request({ accountId, until }: TrafficOptions, sightings: Sightings): Record<string, string> {
    const { random } = sightings;
    const time = until - random.below(300_000);
    const web = webRequest(sightings);
    const latency = 2 + random.below(400);
    const signed = random.chance(0.3);
    const values: Record<string, string> = {
        requestId: `${random.hex(8)}-${random.hex(4)}-${random.hex(12)}`,
        requestTime: clfTime(time),
        requestTimeEpoch: String(time),
        accountId,
        apiId: "a1b2c3d4e5",
        stage: "prod",
        domainName: web.host,
        "identity.sourceIp": sightings.address(),
        httpMethod: web.method,
        protocol: "HTTP/1.1",
        status: String(web.status),
        responseLength: String(random.below(20_000)),
        responseLatency: String(latency),
        routeKey: `${web.method} /{proxy+}`,
        extendedRequestId: `${random.hex(15)}=`,
        resourcePath: "/{proxy+}",
        path: web.path,
        "identity.userAgent": web.agent === "" ? "-" : web.agent,
    };
    if (signed) {
        values["identity.userArn"] = `arn:aws:sts::${accountId}:assumed-role/partner/session`;
        values["identity.caller"] = `AROA${random.hex(17).toUpperCase()}:session`;
    }
    if (web.status === 403) {
        values["error.responseType"] = "ACCESS_DENIED";
        values["error.message"] = "User is not authorized to access this resource";
    } else if (web.status < 500) {
        values.integrationLatency = String(latency - 1);
        values.integrationStatus = String(web.status);
        values["integration.requestId"] = random.hex(32);
    }
    return values;
}

function commonLogLine({ until }: TrafficOptions, sightings: Sightings): string {
    const { random } = sightings;
    const time = clfTime(until - random.below(300_000));
    return (
        `${sightings.address()} - - [${time}] "GET /pets/{id} HTTP/1.1" 200 ${random.below(20_000)} ` +
        `${random.hex(8)}-${random.hex(4)}-${random.hex(12)}`
    );
}
