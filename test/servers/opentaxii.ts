import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { anyPort } from "../../local/engines/ports";
import { startServerProcess, writeSettings } from "./server-process";

/** What `startOpenTaxii` needs of PyPI. */
export const OPENTAXII_REQUIREMENTS = ["opentaxii==0.9.3"] as const;

export interface OpenTaxii {
    /** Of the discovery service. */
    readonly discovery: string;
    /** Adds a content block to a collection, as the administrator. */
    push(collection: string, stix: string): Promise<void>;
    stop(): Promise<void>;
}

export interface OpenTaxiiOptions {
    /** Python of a virtual environment with `OPENTAXII_REQUIREMENTS`. */
    readonly python: string;
    /** Data feeds to have. */
    readonly collections: readonly string[];
    /** May read all of them. */
    readonly reader: { readonly username: string; readonly password: string };
    /** Content blocks a part of a poll's result. */
    readonly partSize: number;
}

const ADMIN = { username: "admin", password: randomBytes(12).toString("hex") };
const HTTP_BINDING = "urn:taxii.mitre.org:protocol:http:1.0";

/** Starts a TAXII 1.1 server (EclecticIQ's OpenTAXII) on a free port, with its data in a temporary folder. */
export async function startOpenTaxii(options: OpenTaxiiOptions): Promise<OpenTaxii> {
    const folder = mkdtempSync(join(tmpdir(), "opentaxii-"));
    const port = await anyPort();
    const config = writeSettings(folder, "opentaxii.yml", serverConfig(folder, port));
    const data = writeSettings(folder, "data.yml", serverData(options));
    const base = `http://127.0.0.1:${port}/services`;
    const stop = await startServerProcess({
        name: "opentaxii",
        command: options.python,
        args: [join(__dirname, "serve-opentaxii.py"), data, String(port)],
        folder,
        env: { OPENTAXII_CONFIG: config },
        url: `${base}/discovery`,
    });
    return { discovery: `${base}/discovery`, stop, push: (collection, stix) => push(base, collection, stix) };
}

function serverConfig(folder: string, port: number): unknown {
    const database = (file: string): object => ({
        db_connection: `sqlite:///${join(folder, file)}`,
        create_tables: true,
    });
    return {
        domain: `127.0.0.1:${port}`,
        support_basic_auth: true,
        auth_api: {
            class: "opentaxii.auth.sqldb.SQLDatabaseAPI",
            parameters: {
                ...database("auth.db"),
                secret: randomBytes(32).toString("hex"),
                token_ttl_secs: 3600,
            },
        },
        taxii1: {
            save_raw_inbox_messages: false,
            xml_parser_supports_huge_tree: true,
            count_blocks_in_poll_responses: true,
            unauthorized_status: "UNAUTHORIZED",
            persistence_api: {
                class: "opentaxii.persistence.sqldb.SQLDatabaseAPI",
                parameters: database("data.db"),
            },
        },
        logging: { opentaxii: "info", root: "info" },
    };
}

function serverData({ collections, partSize, reader }: OpenTaxiiOptions): unknown {
    const service = (type: string, path: string, more: object): object => ({
        id: path,
        type,
        address: `/services/${path}`,
        description: type,
        protocol_bindings: [HTTP_BINDING],
        authentication_required: true,
        ...more,
    });
    const services = ["inbox", "collections", "poll"];
    return {
        services: [
            service("inbox", "inbox", { destination_collection_required: true, accept_all_content: true }),
            service("discovery", "discovery", { advertised_services: [...services, "discovery"] }),
            service("collection_management", "collections", {}),
            service("poll", "poll", {
                subscription_required: false,
                max_result_size: partSize,
                max_result_count: 1000,
            }),
        ],
        collections: collections.map((name) => ({
            name,
            available: true,
            accept_all_content: true,
            type: "DATA_FEED",
            service_ids: services,
        })),
        accounts: [
            {
                ...reader,
                permissions: Object.fromEntries(collections.map((name) => [name, "read"])),
            },
            { ...ADMIN, is_admin: true },
        ],
    };
}

async function push(base: string, collection: string, stix: string): Promise<void> {
    const namespace = "http://taxii.mitre.org/messages/taxii_xml_binding-1.1";
    const response = await fetch(`${base}/inbox`, {
        method: "POST",
        headers: {
            authorization: `Basic ${Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString("base64")}`,
            "content-type": "application/xml",
            "x-taxii-content-type": "urn:taxii.mitre.org:message:xml:1.1",
            "x-taxii-accept": "urn:taxii.mitre.org:message:xml:1.1",
            "x-taxii-services": "urn:taxii.mitre.org:services:1.1",
            "x-taxii-protocol": HTTP_BINDING,
        },
        body: `<Inbox_Message xmlns="${namespace}" message_id="1">
            <Destination_Collection_Name>${collection}</Destination_Collection_Name>
            <Content_Block><Content_Binding binding_id="urn:stix.mitre.org:xml:1.1.1"/>
            <Content>${stix}</Content></Content_Block></Inbox_Message>`,
    });
    const text = await response.text();
    if (!text.includes('status_type="SUCCESS"')) {
        throw new Error(`opentaxii does not take the content: ${text.slice(0, 500)}`);
    }
}
