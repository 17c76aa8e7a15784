"""Performs every operation of the simulated AWS through AWS CLI, by the scenarios written for boto3: cli_main.py URL [SCENARIO…].
Prints what was done and what failed as JSON."""

import importlib
import json
import sys

from boto_dynamodb import resource_interface
from boto_main import MODULES
from cli_client import CLI
from harness import run

BOTO3_ONLY = [resource_interface]  # boto3's higher interface, which has no command lines


def main():
    url, only = sys.argv[1], sys.argv[2:]
    aws = CLI(url)
    scenarios = [s for m in MODULES for s in importlib.import_module(m).SCENARIOS if s not in BOTO3_ONLY and (not only or s.__name__ in only or m in only)]
    failures = run(aws, scenarios)
    json.dump(aws.record.summary() | {"scenarios": len(scenarios), "failures": failures, "lines": aws.lines()}, sys.stdout)


if __name__ == "__main__":
    main()
