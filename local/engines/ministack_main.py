"""MiniStack as one organization.

MiniStack gives every account an organization of its own, judges the plain HTTP of the loopback as insecure, takes an IP
set for a web ACL when it looks for a statement that allows the call, and knows no policy variables. Each would make the
program's policies deny what AWS allows, so these answers are set here.
"""

import json

from ministack.core import iam_actions as actions
from ministack.core import iam_evaluator as evaluator

ORGANIZATION_ID = "o-local00001"

evaluator._principal_org_id = lambda account_id: ORGANIZATION_ID

_pin = evaluator.pin_request_origin
evaluator.pin_request_origin = lambda source_ip, secure_transport: _pin(source_ip, True)

_evaluate_resource_policy = evaluator.evaluate_resource_policy


def _with_principal_account(doc, ctx, *args, **kwargs):
    text = doc if isinstance(doc, str) else json.dumps(doc)
    if "${aws:PrincipalAccount}" in text:
        doc = json.loads(text.replace("${aws:PrincipalAccount}", ctx.principal_account))
    return _evaluate_resource_policy(doc, ctx, *args, **kwargs)


evaluator.evaluate_resource_policy = _with_principal_account

_resource_arn = actions.extract_resource_arn


def _with_ip_sets(service, method, path, headers, body, query_params, region, account_id):
    target = {key.lower(): value for key, value in headers.items()}.get("x-amz-target", "")
    if service == "wafv2" and target.endswith(("GetIPSet", "UpdateIPSet", "DeleteIPSet")):
        asked = json.loads(body)
        scope = "global" if asked.get("Scope") == "CLOUDFRONT" else "regional"
        return f"arn:aws:wafv2:{region}:{account_id}:{scope}/ipset/{asked.get('Name')}/{asked.get('Id')}"
    return _resource_arn(service, method, path, headers, body, query_params, region, account_id)


actions.extract_resource_arn = _with_ip_sets

import ministack.app as app  # noqa: E402  (after the answers are set)

if hasattr(app, "pin_request_origin"):
    app.pin_request_origin = evaluator.pin_request_origin

app.main()
