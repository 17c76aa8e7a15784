"""Prints the tables of a template as cfn-lint sees them, with loops and other language extensions written out."""

import json
import sys

import cfnlint.decode
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

template, mistakes = cfnlint.decode.decode(sys.argv[1])
matches, expanded = language_extension(Template(sys.argv[1], template, ["eu-west-1"]))
if mistakes or matches:
    sys.exit("\n".join(str(m) for m in [*mistakes, *matches]))
tables = {}
for name, resource in (expanded or template)["Resources"].items():
    if resource["Type"] == "AWS::DynamoDB::Table":
        recovery = resource["Properties"].get("PointInTimeRecoverySpecification", {})
        on = str(recovery.get("PointInTimeRecoveryEnabled", False)).lower() == "true"
        tables[name] = {"name": resource["Properties"].get("TableName", ""), "recoverable": on}
json.dump(tables, sys.stdout)
