"""A boto3 session that keeps a record: which operations were answered, whether anybody looked at the answer, and whether
each answer holds nothing that botocore's model of the service does not know."""

import datetime
import json
import re
import traceback
import urllib.request
import xml.etree.ElementTree as ElementTree

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "111122223333"
REGION = "eu-west-1"


class Answer(dict):
    """A response that notes whether any of its members was read."""

    def __init__(self, content, note):
        super().__init__(content)
        self._note = note

    def __getitem__(self, key):
        self._note(key)
        return super().__getitem__(key)

    def get(self, key, default=None):
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key):
        self._note(key)
        return super().__contains__(key)


class Client:
    """A boto3 client whose responses are Answers."""

    def __init__(self, record, service, client):
        self._record, self._service, self.raw = record, service, client

    def __getattr__(self, name):
        method = getattr(self.raw, name)
        operation = self.raw.meta.method_to_api_mapping.get(name)
        if operation is None:
            return method

        def call(**arguments):
            key = f"{self._service}:{operation}"
            return Answer(method(**arguments), lambda member: self._record.look(key, member))

        return call

    def pages(self, name, **arguments):
        """All pages that botocore's own paginator walks."""
        pages = list(self.raw.get_paginator(name).paginate(**arguments))
        key = f"{self._service}:{self.raw.meta.method_to_api_mapping[name]}"
        return [Answer(page, lambda member: self._record.look(key, member)) for page in pages]


class Record:
    """What the clients did: successes, errors by code, members looked at, and what was wrong with the answers."""

    def __init__(self):
        self.ok, self.errors, self.looked, self.problems, self.empty = {}, {}, set(), [], set()

    def look(self, key, member):
        if member != "ResponseMetadata":
            self.looked.add(key)

    def watch(self, service, client):
        client.meta.events.register("after-call", lambda **k: self.after(service, **k))

    def after(self, service, http_response, parsed, model, **_):
        key = f"{service}:{model.name}"
        if http_response.status_code >= 300:
            code = parsed.get("Error", {}).get("Code", "?")
            self.errors.setdefault(key, {}).setdefault(code, 0)
            self.errors[key][code] += 1
            return
        self.ok[key] = self.ok.get(key, 0) + 1
        if not model.output_shape or not model.output_shape.members:
            self.empty.add(key)
            return
        found = []
        check_parsed(model.output_shape, parsed, "", found)
        if model.service_model.metadata.get("protocol") in ("json", "rest-json") and not model.has_streaming_output:
            check_json(model.output_shape, http_response.content, found)
        elif model.service_model.metadata.get("protocol") in ("query", "ec2"):
            check_xml(model, http_response.content, found)
        self.problems += [f"{key}: {problem}" for problem in found]

    def summary(self):
        return {
            "ok": self.ok,
            "errors": self.errors,
            "unread": sorted(k for k in self.ok if k not in self.looked and k not in self.empty),
            "problems": sorted(set(self.problems)),
        }


def check_parsed(shape, value, path, found):
    """Required members are there, and enumerations and timestamps hold what the model allows."""
    if value is None:
        return
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                found.append(f"{path or 'answer'} lacks the required member {name}")
        for name, member in shape.members.items():
            if name in value:
                check_parsed(member, value[name], f"{path}.{name}", found)
    elif shape.type_name == "list":
        for element in value:
            check_parsed(shape.member, element, path + "[]", found)
    elif shape.type_name == "map":
        for element in value.values():
            check_parsed(shape.value, element, path + "{}", found)
    elif shape.type_name == "string" and shape.enum and value not in shape.enum and not spelled_otherwise(shape, value):
        found.append(f"{path} is {value!r}, which is not one of {shape.enum}")
    elif shape.type_name == "timestamp" and not isinstance(value, datetime.datetime):
        found.append(f"{path} is no time: {value!r}")


def spelled_otherwise(shape, value):
    """EC2's model writes the states of VPC endpoints with a capital letter, the service without one
    (https://docs.aws.amazon.com/cli/latest/reference/ec2/describe-vpc-endpoints.html)."""
    return shape.name == "State" and "PendingAcceptance" in shape.enum and value.capitalize() in shape.enum


def check_json(shape, body, found):
    if not body:
        return
    payload = shape.serialization.get("payload")
    check_members(shape.members[payload] if payload else shape, json.loads(body), "", found)


def check_members(shape, value, path, found):
    """Nothing is in the body that the model does not know: botocore would drop it silently."""
    if value is None:
        found.append(f"{path} is null; AWS leaves it out")
    elif shape.type_name == "structure" and not getattr(shape, "is_document_type", False):
        known = {m.serialization.get("name", n): m for n, m in shape.members.items() if m.serialization.get("location") is None}
        for name, element in value.items():
            if name not in known:
                found.append(f"{path}.{name} is not in the model")
            else:
                check_members(known[name], element, f"{path}.{name}", found)
    elif shape.type_name == "list":
        for element in value:
            check_members(shape.member, element, path + "[]", found)
    elif shape.type_name == "map":
        for element in value.values():
            check_members(shape.value, element, path + "{}", found)


def check_xml(model, body, found):
    root = strip(ElementTree.fromstring(body))
    wrapper = model.output_shape.serialization.get("resultWrapper")
    if wrapper:
        root = root.find(wrapper)
        if root is None:
            found.append(f"{wrapper} is missing")
            return
    check_elements(model.output_shape, root, "", found)


def strip(element):
    for e in element.iter():
        e.tag = re.sub(r"^\{[^}]*\}", "", e.tag)
    return element


def check_elements(shape, element, path, found):
    if shape.type_name == "structure":
        known = {}
        for name, member in shape.members.items():
            flat = member.type_name == "list" and member.serialization.get("flattened")
            known[(member.member.serialization.get("name") if flat else None) or member.serialization.get("name", name)] = member
        for child in element:
            if child.tag == "requestId" and not path:
                continue
            if child.tag not in known:
                found.append(f"{path}.{child.tag} is not in the model")
            else:
                check_elements(known[child.tag], child, f"{path}.{child.tag}", found)
    elif shape.type_name == "list" and not shape.serialization.get("flattened"):
        for child in element:
            if child.tag != shape.member.serialization.get("name", "member"):
                found.append(f"{path} has elements named {child.tag}")
            check_elements(shape.member, child, path + "[]", found)


class AWS:
    """One endpoint seen by any account in any Region."""

    def __init__(self, url, control=True):
        self.url, self.control, self.record, self._clients = url, control, Record(), {}

    def client(self, service, account=ACCOUNT, region=REGION, credentials=None):
        key = (service, account, region, credentials)
        if key not in self._clients:
            access, secret, token = credentials or (account, "any-secret", None)
            client = boto3.client(
                service, endpoint_url=self.url, region_name=region, aws_access_key_id=access, aws_secret_access_key=secret, aws_session_token=token,
                config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30))
            self.record.watch(service, client)
            self._clients[key] = Client(self.record, service, client)
        return self._clients[key]

    def __getattr__(self, service):
        return self.client(service.replace("_", "-"))

    def _sim(self, method, path, body=None):
        request = urllib.request.Request(self.url + "/_sim/" + path, method=method, data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def advance(self, duration):
        self._sim("POST", "clock", {"advance": duration})

    def now(self):
        return datetime.datetime.fromisoformat(self._sim("GET", "clock")["now"])

    def reset(self):
        self._sim("POST", "reset", {})


class Mismatch(AssertionError):
    pass


def same(got, want, what=""):
    if got != want:
        raise Mismatch(f"{what}: got {got!r}, want {want!r}")


def has(got, what="", **members):
    """The members are in got, with these values."""
    for name, value in members.items():
        if name not in got:
            raise Mismatch(f"{what}: {name} is missing in {dict(got)!r}")
        same(got[name], value, f"{what}{name}")


def true(value, what=""):
    if not value:
        raise Mismatch(f"{what}: {value!r}")


def refused(code, call, message=None, **arguments):
    """The call answers this error code."""
    try:
        call(**arguments)
    except ClientError as e:
        same(e.response["Error"]["Code"], code, f"error of {call} ({e.response['Error'].get('Message')})")
        if message is not None and message not in e.response["Error"]["Message"]:
            raise Mismatch(f"message {e.response['Error']['Message']!r} lacks {message!r}")
        return e.response
    raise Mismatch(f"{arguments!r} answered; want {code}")


def run(aws, scenarios):
    """Runs each scenario on a fresh simulated AWS; returns the failures by name."""
    failures = {}
    for scenario in scenarios:
        aws.reset()
        try:
            scenario(aws)
        except Exception:  # whatever a scenario dies of is its failure, and the others still run
            failures[scenario.__module__ + "." + scenario.__name__] = traceback.format_exc(limit=-4)
    return failures
