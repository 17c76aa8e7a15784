"""Performs every operation of the simulated AWS through boto3: boto_main.py URL. Prints what was done and what failed as JSON."""

import importlib
import json
import sys

from harness import AWS, run

MODULES = ["boto_dynamodb", "boto_backup", "boto_identity", "boto_organisation", "boto_small", "boto_oversight"]


def main():
    url, only = sys.argv[1], sys.argv[2:]
    aws = AWS(url)
    scenarios = [s for m in MODULES for s in importlib.import_module(m).SCENARIOS if not only or s.__name__ in only or m in only]
    failures = run(aws, scenarios)
    json.dump(aws.record.summary() | {"scenarios": len(scenarios), "failures": failures}, sys.stdout)


if __name__ == "__main__":
    main()
