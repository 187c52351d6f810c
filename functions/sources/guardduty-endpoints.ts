import { FindingEndpoint } from "./finding-endpoint";
import { at, listAt, numberAt, portAt, textAt } from "./parsed-json";

/** Who a finding says spoke to whom. */
export interface Endpoints {
    readonly source: FindingEndpoint;
    readonly destination: FindingEndpoint;
}

const NOBODY: FindingEndpoint = {};

/** @returns the two ends of what a finding is about; of several port probes those of the first */
export function endpointsOf(finding: unknown): Endpoints {
    const action = at(finding, "service.action");
    const connection = at(action, "networkConnectionAction");
    if (connection !== undefined) {
        const direction = textAt(connection, "connectionDirection")?.toUpperCase();
        const remote = remoteOf(connection, portAt(connection, "remotePortDetails.port"));
        const local = localOf(connection);
        // Elastic's integration has the local port as the source's, whoever began to speak.
        return direction === "OUTBOUND"
            ? { source: local, destination: remote }
            : direction === "INBOUND"
              ? { source: remote, destination: local }
              : { source: NOBODY, destination: NOBODY };
    }
    const probe = listAt(action, "portProbeAction.portProbeDetails")[0];
    if (probe !== undefined) {
        return { source: remoteOf(probe), destination: localOf(probe) };
    }
    const call =
        at(action, "awsApiCallAction") ??
        at(action, "kubernetesApiCallAction") ??
        at(action, "rdsLoginAttemptAction");
    return { source: remoteOf(call), destination: NOBODY };
}

function localOf(action: unknown): FindingEndpoint {
    return {
        address: addressOf(at(action, "localIpDetails")),
        fields: { port: portAt(action, "localPortDetails.port") },
    };
}

function remoteOf(action: unknown, port?: number): FindingEndpoint {
    const remote = at(action, "remoteIpDetails");
    const forwarded = listAt(action, "sourceIPs")[0];
    const asn = numberAt(remote, "organization.asn");
    return {
        address: addressOf(remote) ?? (typeof forwarded === "string" ? forwarded : undefined),
        fields: { port },
        place: {
            as: {
                // Sample findings have -1.
                number: asn !== undefined && asn >= 0 ? asn : undefined,
                organization: { name: textAt(remote, "organization.asnOrg") },
            },
            geo: {
                city_name: textAt(remote, "city.cityName"),
                country_iso_code: textAt(remote, "country.countryCode"),
                country_name: textAt(remote, "country.countryName"),
                location: locationOf(remote),
            },
        },
    };
}

function locationOf(remote: unknown): { readonly lat: number; readonly lon: number } | undefined {
    const lat = numberAt(remote, "geoLocation.lat");
    const lon = numberAt(remote, "geoLocation.lon");
    const isPlace = lat !== undefined && lon !== undefined && Math.abs(lat) <= 90 && Math.abs(lon) <= 180;
    return isPlace ? { lat, lon } : undefined;
}

function addressOf(details: unknown): string | undefined {
    return textAt(details, "ipAddressV4") ?? textAt(details, "ipAddressV6");
}
