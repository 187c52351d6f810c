import { ServerResponse } from "node:http";

/** A fault of the stand-in, as MISP, or what is before it, was seen to answer. */
export type MispFault =
    /** nginx without PHP. */
    | "bad-gateway"
    | "database-down"
    /** The search quota of the key's user is used up. */
    | "rate-limit"
    /** The role's search quota is 0. */
    | "searches-not-allowed"
    | "ip-not-allowed"
    | "no-permission"
    /** A login page instead of the answer, with status 200. */
    | "html-instead"
    /** `cake Admin live 0`: redirected to the login. */
    | "not-live"
    /** No byte of an answer. */
    | "slow"
    /** The connection breaks in the middle of the answer. */
    | "reset";

/** Status and message of the faults that MISP answers in JSON. */
export const REFUSALS: Partial<Record<MispFault, readonly [number, string]>> = {
    "database-down": [500, "An Internal Error Has Occurred."],
    "rate-limit": [429, "Rate limit exceeded."],
    "searches-not-allowed": [405, "API searches are not allowed for this user role."],
    "ip-not-allowed": [403, "It is not possible to use this Auth key from your IP address"],
    "no-permission": [403, "You do not have permission to use this functionality."],
};

const BAD_GATEWAY =
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
const LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Users - MISP</title></head><body>Login</body></html>";

/** Plays the faults that are no JSON. @returns whether it did */
export function playFault(fault: MispFault | undefined, response: ServerResponse, base: string): boolean {
    switch (fault) {
        case "bad-gateway":
            response.writeHead(502, { "content-type": "text/html" }).end(BAD_GATEWAY);
            return true;
        case "html-instead":
            response.writeHead(200, { "content-type": "text/html; charset=UTF-8" }).end(LOGIN_PAGE);
            return true;
        case "not-live":
            redirectToLogin(response, base);
            return true;
        case "slow":
            return true;
        case "reset":
            response.writeHead(200, { "content-type": "application/json; charset=UTF-8" });
            response.write('{"response": {"Attribute": [', () => response.destroy());
            return true;
        default:
            return false;
    }
}

export function redirectToLogin(response: ServerResponse, base: string): void {
    response
        .writeHead(302, { location: `${base}/users/login`, "content-type": "text/html; charset=UTF-8" })
        .end();
}
