import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { copyString } from "../documents/verbatim";
import { CloudTrailScanner, has, textOf } from "./cloudtrail-paths";

const KEY = keys("user", "id", "name", "email", "target", "changes", "group");
const QUOTE = 34;
const COMMA = 44;
const SLASH = 47;
const AT = 64;

/** Writes `user` and `group`: who called, and whom the call was about. */
export function writeUsers(document: Document, scanner: CloudTrailScanner): void {
    const { at, found } = scanner;
    const name = nameOf(scanner);
    const id = has(scanner, at.principalId) ? at.principalId : at.onBehalfOf;
    const session = sessionOf(scanner);
    const sessionEnd = found.ends[at.arn] - 1;
    const sessionAt = session < 0 ? -1 : emailAt(found.bytes, session, sessionEnd);
    document.open(KEY.user);
    copyString(document, KEY.id, scanner, id);
    copyString(document, KEY.name, scanner, name);
    if (sessionAt >= 0) {
        document.name(KEY.email);
        quote(document, found.bytes, session, sessionEnd);
        document.byte(COMMA);
    } else if (
        has(scanner, name) &&
        emailAt(found.bytes, found.starts[name] + 1, found.ends[name] - 1) >= 0
    ) {
        copyString(document, KEY.email, scanner, name);
    }
    document.open(KEY.target);
    copyString(document, KEY.id, scanner, at.targetId);
    copyString(document, KEY.name, scanner, at.targetName);
    document.close();
    document.open(KEY.changes);
    copyString(document, KEY.name, scanner, at.newName);
    document.close();
    document.close();
    document.open(KEY.group);
    copyString(document, KEY.id, scanner, at.groupId);
    copyString(document, KEY.name, scanner, at.groupName);
    document.close();

    if (session >= 0) {
        relate(document, found.bytes, session, sessionEnd);
    }
    if (sessionAt >= 0) {
        relate(document, found.bytes, session, sessionAt);
    }
    for (const i of [name, id, at.targetName, at.newName, at.targetId]) {
        if (has(scanner, i)) {
            relate(document, found.bytes, found.starts[i] + 1, found.ends[i] - 1);
        }
    }
}

/**
 * Who it is that connects: a person, or the role that any number of machines have taken on.
 * @returns undefined for AWS's own services, whose addresses say nothing
 */
export function entityOf(scanner: CloudTrailScanner): string | undefined {
    const { at, found } = scanner;
    if (found.is(at.type, '"AWSService"')) {
        return undefined;
    }
    const session = sessionOf(scanner);
    const isPerson = session >= 0 && emailAt(found.bytes, session, found.ends[at.arn] - 1) >= 0;
    if (has(scanner, at.issuerArn) && !isPerson) {
        return scanner.text(at.issuerArn);
    }
    return textOf(scanner, at.arn) ?? textOf(scanner, at.principalId);
}

function isSession({ at, found }: CloudTrailScanner): boolean {
    return found.is(at.type, '"AssumedRole"') || found.is(at.type, '"FederatedUser"');
}

/**
 * Where the name of a session begins, the last part of `arn:aws:sts::111122223333:assumed-role/role/name`; it goes on to
 * the end of the ARN. -1 for none.
 */
function sessionOf(scanner: CloudTrailScanner): number {
    const { at, found } = scanner;
    if (!isSession(scanner) || !has(scanner, at.arn)) {
        return -1;
    }
    const end = found.ends[at.arn] - 1;
    let start = end;
    while (found.bytes[start - 1] !== SLASH && found.bytes[start - 1] !== QUOTE) {
        start--;
    }
    return start < end && found.bytes[start - 1] === SLASH ? start : -1;
}

/** @returns the path of the caller's name; of a session it is that of the role, or of the user who asked for it */
function nameOf(scanner: CloudTrailScanner): number {
    const { at, found } = scanner;
    if (has(scanner, at.issuerName) && isSession(scanner)) {
        return at.issuerName;
    }
    const isSignIn = !has(scanner, at.userName) && found.is(at.action, '"UserAuthentication"');
    return isSignIn ? at.signedInName : at.userName;
}

/** @returns where the @ of an e-mail address stands, -1 when it is none */
function emailAt(bytes: Uint8Array, start: number, end: number): number {
    for (let i = start + 1; i < end; i++) {
        if (bytes[i] === AT) {
            return i;
        }
    }
    return -1;
}

/** Writes a part of a JSON string as one of its own. */
function quote(document: Document, bytes: Buffer, start: number, end: number): void {
    document.byte(QUOTE);
    document.copy(bytes, start, end);
    document.byte(QUOTE);
}

/** Adds a part of a JSON string to `related.user`. */
function relate(document: Document, bytes: Buffer, start: number, end: number): void {
    const from = document.at;
    quote(document, bytes, start, end);
    document.relatedUserJson(document.bytes, from, document.at);
    document.at = from;
}
