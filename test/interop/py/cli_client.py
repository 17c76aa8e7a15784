"""AWS CLI behind boto3's calling interface, so that the scenarios written for boto3 judge AWS CLI's answers as well.

Each call is a command line given to AWS CLI's own driver, which is made anew for it as in a process of its own; only the files
of botocore's models are read once. What the driver prints is the answer. The first call of a command gives its parameters as
options, the later ones as --cli-input-json, so that both ways are walked."""

import base64
import contextlib
import datetime
import functools
import io
import json
import operator
import os
import pathlib
import re
import tempfile

import awscli.clidriver
from awscli.clidriver import ServiceOperation
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.paginate import Paginator
from botocore.utils import parse_timestamp

from harness import ACCOUNT, AWS, REGION, Answer, Mismatch, check_parsed

ERROR = re.compile(r"An error occurred \((?P<code>[^)]+)\) when calling the (?P<operation>\w+) operation(?: \(reached max retries: \d+\))?: ?(?P<message>.*)", re.DOTALL)
REASONS = re.compile(r"specific reasons \[([^\]]*)\]")


class Driver:
    """Runs command lines as one user in one Region against one endpoint."""

    def __init__(self, url, loader, account, region, credentials):
        access, secret, token = credentials or (account, "any-secret", None)
        self._loader, self._session = loader, token
        self._variables = {"AWS_ACCESS_KEY_ID": access, "AWS_SECRET_ACCESS_KEY": secret, "AWS_MAX_ATTEMPTS": "1"}
        self._globals = ["--endpoint-url", url, "--region", region, "--output", "json"]
        self.lines = 0

    def fresh(self):
        os.environ.pop("AWS_SESSION_TOKEN", None)
        os.environ.update(self._variables | ({"AWS_SESSION_TOKEN": self._session} if self._session else {}))
        driver = awscli.clidriver.create_clidriver()
        driver.session.register_component("data_loader", self._loader)
        return driver

    def run(self, *words):
        """What `aws WORDS…` prints, as JSON; an error that the service answered is a ClientError."""
        out, err = io.StringIO(), io.StringIO()
        driver = self.fresh()
        self.lines += 1
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = driver.main([*words, *self._globals])
            except SystemExit as leaving:  # how AWS CLI rejects its own arguments
                status = leaving.code
        if status:
            raise failure(words, status, err.getvalue())
        if err.getvalue():
            raise Mismatch(f"aws {' '.join(words)} succeeded and complained: {err.getvalue()}")
        return json.loads(out.getvalue() or "{}")


def failure(words, status, text):
    """The exception for what AWS CLI wrote to standard error. It shows no members of an error but the message, so that the
    reasons of a cancelled transaction are those that the message names."""
    found = ERROR.search(text)
    if not found:
        return Mismatch(f"aws {' '.join(words)} ended with {status}: {text}")
    response = {"Error": {"Code": found["code"], "Message": found["message"].rstrip("\n")}}
    reasons = REASONS.search(found["message"])
    if reasons:
        response["CancellationReasons"] = [{"Code": code.strip()} for code in reasons[1].split(",")]
    return ClientError(response, found["operation"])


def typed(value):
    """A parameter as one writes it in JSON. AWS CLI 1 takes a text for bytes and sends the text's UTF-8; bytes above 7F cannot be
    written, so that each byte is written as the character of its number (and read back so: see parsed)."""
    if isinstance(value, dict):
        return {k: typed(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [typed(v) for v in value]
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("latin-1")
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return value


def option(name, value):
    """One parameter as words of a command line."""
    if isinstance(value, bool):
        return [name if value else name.replace("--", "--no-", 1)]
    return [name, value if isinstance(value, str) else json.dumps(value)]


def parsed(shape, value):
    """What AWS CLI printed, as boto3 would give it: times and bytes."""
    if value is None or shape is None:
        return value
    if shape.type_name == "structure":
        return {k: parsed(shape.members.get(k), v) for k, v in value.items()}
    if shape.type_name == "list":
        return [parsed(shape.member, v) for v in value]
    if shape.type_name == "map":
        return {k: parsed(shape.value, v) for k, v in value.items()}
    if shape.type_name == "timestamp":
        return parse_timestamp(value)
    if shape.type_name == "blob":
        raw = base64.b64decode(value, validate=True)
        try:
            return raw.decode("utf-8").encode("latin-1")
        except UnicodeError:  # never written as text: keys and signatures, that the service made
            return raw
    return value


class Options:
    """The names of a command's options by those of its operation's parameters."""

    def __init__(self, operation):
        self._operation = operation

    def __getitem__(self, member):
        for argument in self._operation.arg_table.values():  # a flag stands before its opposite
            if getattr(argument, "_serialized_name", None) == member:
                return argument.cli_name
        raise Mismatch(f"aws {self._operation.name} has no option for {member}")


class CLIClient:
    """One service's commands under boto3's names."""

    def __init__(self, record, service, driver):
        self._record, self._service, self._driver, self.raw = record, service, driver, self
        command = driver.fresh()._get_command_table()[service]
        self._session, self._model = command.session, command.service_model
        self._commands, self._options = {}, {}
        for name, operation in command._get_command_table().items():
            if isinstance(operation, ServiceOperation):
                method = xform_name(operation._operation_model.name)
                self._commands[method], self._options[method] = (name, operation._operation_model), Options(operation)

    def __getattr__(self, name):
        if name not in self._commands:
            raise AttributeError(f"AWS CLI has no command for {self._service} {name}")

        def call(**arguments):
            return self._answer(name, self._perform(name, arguments, "--no-paginate"))

        return call

    def _key(self, name):
        return f"{self._service}:{self._commands[name][1].name}"

    def _answer(self, name, content):
        return Answer(content, lambda member: self._record.look(self._key(name), member))

    def _perform(self, name, arguments, *options):
        command, model = self._commands[name]
        binary = {k: v for k, v in arguments.items() if isinstance(v, bytes) and not v.isascii()}
        given = self._given(name, typed({k: v for k, v in arguments.items() if k not in binary}))
        try:
            with tempfile.TemporaryDirectory() as folder:  # AWS CLI reads such bytes from a file alone
                for member, value in binary.items():
                    file = pathlib.Path(folder, member)
                    file.write_bytes(value)
                    given += ["--" + member.lower(), f"fileb://{file}"]
                printed = self._driver.run(self._service, command, *given, *options)
        except ClientError as e:
            codes = self._record.errors.setdefault(self._key(name), {})
            codes[e.response["Error"]["Code"]] = codes.get(e.response["Error"]["Code"], 0) + 1
            raise
        answer = parsed(model.output_shape, printed)
        self._note(name, model.output_shape, answer)
        return answer

    def _given(self, name, arguments):
        """The words of the parameters."""
        options = self._options.pop(name, None) if arguments else None
        if options is not None:
            return [word for member, value in arguments.items() for word in option(options[member], value)]
        return ["--cli-input-json", json.dumps(arguments)] if arguments else []

    def _note(self, name, shape, answer):
        key, found = self._key(name), []
        self._record.ok[key] = self._record.ok.get(key, 0) + 1
        if shape is None or not shape.members:
            self._record.empty.add(key)
            return
        check_parsed(shape, answer, "", found)
        self._record.problems += [f"{key}: {problem}" for problem in found]

    def pages(self, name, PaginationConfig=None, **arguments):
        """All pages, one command each; AWS CLI's own paging must print the same, joined."""
        config = self._session.get_paginator_model(self._service).get_paginator(self._commands[name][1].name)
        paginator = Paginator(lambda **page: self._perform(name, page, "--no-paginate"), config, self._commands[name][1])
        pages = list(paginator.paginate(PaginationConfig=PaginationConfig or {}, **arguments))
        size = (PaginationConfig or {}).get("PageSize")
        joined = self._perform(name, arguments, *(["--page-size", str(size)] if size else []))
        for expression in paginator.result_keys:
            same_elements(self._key(name), expression, joined, pages)
        return [self._answer(name, page) for page in pages]

    def get_waiter(self, name):
        return Waiter(self._driver, self._service, name)


def same_elements(key, expression, joined, pages):
    """The joined pages hold the pages' elements in their order; counts are added."""
    got, parts = expression.search(joined), [part for part in map(expression.search, pages) if part is not None]
    want = functools.reduce(operator.add, parts) if parts else None
    if got != want:
        raise Mismatch(f"{key}: AWS CLI's paging printed {got!r}, page after page {want!r}")


class Waiter:
    """`aws SERVICE wait NAME`, which has its own delay and number of attempts."""

    def __init__(self, driver, service, name):
        self._driver, self._words = driver, [service, "wait", xform_name(name, "-").replace("_", "-")]

    def wait(self, WaiterConfig=None, **arguments):
        options = [word for name, value in arguments.items() for word in ("--" + xform_name(name, "-"), value)]
        self._driver.run(*self._words, *options)


class CLI(AWS):
    """One endpoint seen by any account in any Region through AWS CLI."""

    def __init__(self, url):
        super().__init__(url)
        self._loader, self._drivers = awscli.clidriver.create_clidriver().session.get_component("data_loader"), []

    def client(self, service, account=ACCOUNT, region=REGION, credentials=None):
        key = (service, account, region, credentials)
        if key not in self._clients:
            self._drivers.append(Driver(self.url, self._loader, account, region, credentials))
            self._clients[key] = CLIClient(self.record, service, self._drivers[-1])
        return self._clients[key]

    def lines(self):
        """How many command lines were run."""
        return sum(driver.lines for driver in self._drivers)
