"""Holds reports against the schemas that others publish: report_check.py ocsf FILE | junit FILE SCHEMA | sarif FILE SCHEMA.

Prints one line for each mistake, and last how many things were held against the schema.
"""
import json
import sys


def ocsf(name):
    import jsonschema
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0"))
    of = schema.lookup_class_name_from_uid(class_uid=2003)
    judges = {}
    with open(name, encoding="utf-8") as f:
        events = json.load(f)
    for event in events:
        profiles = tuple(event["metadata"].get("profiles", []))
        if profiles not in judges:
            judges[profiles] = jsonschema.Draft202012Validator(schema.get_class_schema(class_name=of, profiles=list(profiles)))
        for error in judges[profiles].iter_errors(event):
            print("/".join(map(str, error.path)), error.message)
    return len(events)


def junit(name, schema):
    from lxml import etree

    judge = etree.XMLSchema(etree.parse(schema))
    document = etree.parse(name, etree.XMLParser(resolve_entities=False, no_network=True))
    judge.validate(document)
    for error in judge.error_log:
        print(error)
    return len(document.findall(".//testcase"))


def sarif(name, schema):
    import jsonschema

    with open(schema, encoding="utf-8-sig") as f:
        judge = jsonschema.Draft4Validator(json.load(f))
    with open(name, encoding="utf-8") as f:
        log = json.load(f)
    for error in judge.iter_errors(log):
        print("/".join(map(str, error.path)), error.message[:300])
    return len(log["runs"][0]["results"])


if __name__ == "__main__":
    print({"ocsf": ocsf, "junit": junit, "sarif": sarif}[sys.argv[1]](*sys.argv[2:]))
