"""Hashes of DynamoDB items, made after docs/fingerprint.md alone.

Arguments: the key in hexadecimal and the names of the key attributes. Every line of the input is an item as DynamoDB's JSON; for
each, one line of the output has the hash of its primary key and that of the whole item.
"""
import base64
import hashlib
import json
import re
import sys

LETTERS = {"SS": b"s", "NS": b"n", "BS": b"b"}


def length(n):
    out = b""
    while n >= 0x80:
        out, n = out + bytes([n & 0x7F | 0x80]), n >> 7
    return out + bytes([n])


def framed(content):
    return length(len(content)) + content


def number(text):
    sign, whole, fraction, exponent = re.fullmatch(r"([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?", text).groups()
    digits, exponent = (whole + fraction).lstrip("0"), int(exponent or 0) - len(fraction)
    short = digits.rstrip("0")
    if not short:
        return b"0"
    return f"{sign.strip('+')}{short}E{exponent + len(digits) - len(short)}".encode()


def scalar(kind, text):
    if kind == "N":
        return number(text)
    if kind == "B":
        return base64.b64decode(text + "=" * (-len(text) % 4))
    return text.encode()


def value(kind, content):
    if kind == "NULL":
        return b"0"
    if kind == "BOOL":
        return b"T" if content else b"F"
    if kind == "M":
        return b"M" + attributes(content)
    if kind == "L":
        return b"L" + length(len(content)) + b"".join(value(*one) for e in content for one in e.items())
    if kind in LETTERS:
        members = sorted(scalar(kind[0], one) for one in content)
        return LETTERS[kind] + length(len(members)) + b"".join(map(framed, members))
    return kind.encode() + framed(scalar(kind, content))


def attributes(item):
    entries = sorted((name.encode(), value(*one)) for name, v in item.items() for one in v.items())
    return length(len(entries)) + b"".join(framed(name) + v for name, v in entries)


def main():
    key, names = bytes.fromhex(sys.argv[1]), sys.argv[2:]
    for line in sys.stdin.buffer:
        item = json.loads(line)
        of_key = {name: item[name] for name in names}
        print(hashlib.sha256(key + b"K" + attributes(of_key)).hexdigest(), hashlib.sha256(key + b"V" + attributes(item)).hexdigest())


main()
