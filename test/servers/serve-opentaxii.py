"""Creates what data.yml lists and serves it: `serve-opentaxii.py data.yml PORT`, with OPENTAXII_CONFIG in the environment."""

import sys

import yaml
from opentaxii.http import app
from opentaxii.cli.persistence import local_admin
from opentaxii.local import context
from opentaxii.utils import sync_conf_dict_into_db
from werkzeug.serving import run_simple

with open(sys.argv[1], encoding="utf-8") as file, app.app_context():
    context.account = local_admin
    sync_conf_dict_into_db(app.taxii_server, yaml.safe_load(file))

run_simple("127.0.0.1", int(sys.argv[2]), app, threaded=True)
