import { Member } from "./apigateway-json";

const LINE = /^(\S+) (\S+) (\S+) \[([^\]]*)\] ?"(.*)" (\S+)(?: (.*))?$/s;
const HTTP_REQUEST = /^(\S+) (.*) (HTTP\/\S*|-)$/s;
const SOCKET_REQUEST = /^(CONNECT|MESSAGE|DISCONNECT|-) (\S+) (\S+)$/;

/**
 * Reads the line that AWS's guide shows as the Common Log Format, `ip caller user [time] "method resource protocol"
 * status length id`. The resource may be a route key of an HTTP API, `GET /pets`; a WebSocket API has event, route and
 * connection between the quotes, and no length.
 * @returns its values by the names of Elastic's integration, or undefined when it is no such line
 */
export function readClfLine(line: string): Member[] | undefined {
    const match = LINE.exec(line);
    if (!match) {
        return undefined;
    }
    const [, ip, caller, user, time, request, status, rest = ""] = match;
    const more = rest.split(" ");
    const isSocket = more.length === 1;
    const ids = isSocket ? more : more.slice(1);
    const values: Readonly<Record<string, string | undefined>> = {
        ip_address: ip,
        caller,
        user,
        request_time: time,
        ...requestOf(request, isSocket),
        status,
        response_length: isSocket ? undefined : more[0],
        request_id: ids[0],
        extended_request_id: ids[1],
    };
    return Object.entries(values).flatMap(([name, value]) =>
        value === undefined || value === "" || value === "-" ? [] : [{ name, value }],
    );
}

function requestOf(text: string, isSocket: boolean): Record<string, string | undefined> {
    const socket = isSocket ? SOCKET_REQUEST.exec(text) : null;
    if (socket) {
        return { event_type: socket[1], route_key: socket[2], connection_id: socket[3] };
    }
    const [, method, resource = text, protocol] = HTTP_REQUEST.exec(text) ?? [];
    const isRoute = /^(?:\$|[A-Z]+ )/.test(resource);
    return { http_method: method, [isRoute ? "route_key" : "resource_path"]: resource, protocol };
}
