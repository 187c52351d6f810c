import { QuotedFields } from "../bytes/quoted";
import { Document } from "../documents/document";
import { keys } from "../documents/ecs";
import { Piece, WordWriter } from "../documents/word-writer";
import { members } from "../documents/writer";
import { NO_ADDRESS } from "../enrichment/address-table";
import { Field } from "./alb-fields";
import { ElbTls } from "./elb-tls";
import { AddressAndPort } from "./endpoint";

const BLANK = 32;
const COMMA = 44;

const KEY = keys("aws", "elb", "backend", "http");

const HTTP = members({ protocol: "http" });
const TCP = members({ protocol: "tcp" });

const PIECE = {
    ip: new Piece('"ip":"'),
    port: new Piece('"port":"'),
    status: new Piece('"response":{"status_code":'),
    requestSeconds: new Piece('"request_processing_time":{"sec":'),
    targetSeconds: new Piece('"backend_processing_time":{"sec":'),
    responseSeconds: new Piece('"response_processing_time":{"sec":'),
    targetGroup: new Piece('"target_group":{"arn":"'),
    certificate: new Piece('"chosen_cert":{"arn":"'),
    errorReason: new Piece('"error":{"reason":"'),
    actions: new Piece('"action_executed":["'),
    targets: new Piece('"target_port":["'),
    targetStatuses: new Piece('"target_status_code":["'),
};

/** Fields that are simply strings. */
const STRINGS = [
    { field: Field.type, piece: new Piece('"type":"') },
    { field: Field.name, piece: new Piece('"name":"') },
    { field: Field.traceId, piece: new Piece('"trace_id":"') },
    { field: Field.rulePriority, piece: new Piece('"matched_rule_priority":"') },
    { field: Field.redirectUrl, piece: new Piece('"redirect_url":"') },
    { field: Field.classification, piece: new Piece('"classification":"') },
    { field: Field.classificationReason, piece: new Piece('"classification_reason":"') },
    { field: Field.connectionTraceId, piece: new Piece('"conn_trace_id":"') },
    { field: Field.transformedHost, piece: new Piece('"transformed_host":"') },
    { field: Field.transformedUri, piece: new Piece('"transformed_uri":"') },
    { field: Field.transformStatus, piece: new Piece('"request_transform_status":"') },
    { field: Field.nodeAddress, piece: new Piece('"ip_address":"') },
];

/** Writes `aws.elb`, under Elastic's names, and under AWS's those that Elastic has none for. */
export class AlbOwn {
    private readonly endpoint = new AddressAndPort();

    constructor(
        private readonly fields: QuotedFields,
        private readonly words: WordWriter,
    ) {}

    write(document: Document, isHttp: boolean, tls: ElbTls): void {
        const { words } = this;
        document.open(KEY.aws);
        document.open(KEY.elb);
        document.put(isHttp ? HTTP : TCP);
        for (let i = 0; i < STRINGS.length; i++) {
            words.string(document, STRINGS[i].piece, STRINGS[i].field);
        }
        this.target(document);
        words.nestedDecimal(document, PIECE.requestSeconds, Field.requestSeconds);
        words.nestedDecimal(document, PIECE.targetSeconds, Field.targetSeconds);
        words.nestedDecimal(document, PIECE.responseSeconds, Field.responseSeconds);
        document.put(tls.own);
        words.nested(document, PIECE.targetGroup, Field.targetGroup);
        words.nested(document, PIECE.certificate, Field.certificate);
        words.nested(document, PIECE.errorReason, Field.errorReason);
        words.list(document, PIECE.actions, Field.actions, COMMA);
        words.list(document, PIECE.targets, Field.targets, BLANK);
        words.list(document, PIECE.targetStatuses, Field.targetStatuses, BLANK);
        document.close();
        document.close();
    }

    /** Writes whom the request was sent to. */
    private target(document: Document): void {
        const { endpoint, fields, words } = this;
        if (!endpoint.read(fields, Field.target)) {
            return;
        }
        const { start, end, port } = endpoint;
        document.open(KEY.backend);
        if (document.address("aws.elb.backend.ip", fields.bytes, start, end) !== NO_ADDRESS) {
            words.part(document, PIECE.ip, Field.target, start, end);
        }
        if (port >= 0) {
            words.part(document, PIECE.port, Field.target, port, fields.ends[Field.target]);
        }
        document.open(KEY.http);
        words.nestedInteger(document, PIECE.status, Field.targetStatus);
        document.close();
        document.close();
    }
}
