"""A second verifier of evidence, after the DSSE and in-toto specifications alone: it shares no code with the program.

    python3 evidence_verify.py EVIDENCE PUBLIC-KEY.pem SCHEMA

Prints what the statement says, or fails.
"""

import base64
import hashlib
import json
import sys

import jsonschema
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519


def pae(kind, body):
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md"""
    kind = kind.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body)


def check(key, signature, message):
    if isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    else:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def subject_digest(drill):
    """As docs/evidence.md says."""
    lines = ["restorable drill v1", drill["restored"]["arn"], drill["restored"].get("table_id", "")]
    if "items" in drill:
        f = drill["items"]["restored"]
        lines += [f["algorithm"], f["hash_key"], str(f["count"]), f["total"], str(f["buckets"]), f["buckets_sha256"]]
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def main(file, pem, schema):
    envelope = json.load(open(file, "rb"))
    key = serialization.load_pem_public_key(open(pem, "rb").read())
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    payload = base64.b64decode(envelope["payload"], validate=True)
    assert envelope["payloadType"] == "application/vnd.in-toto+json", envelope["payloadType"]
    (signature,) = envelope["signatures"]
    assert signature["keyid"] == hashlib.sha256(info).hexdigest(), "key id"
    check(key, base64.b64decode(signature["sig"], validate=True), pae(envelope["payloadType"], payload))
    statement = json.loads(payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1", statement["_type"]
    assert statement["predicateType"] == "https://restorable.dev/drill/v1", statement["predicateType"]
    drill = statement["predicate"]
    jsonschema.Draft202012Validator(json.load(open(schema))).validate(drill)
    (subject,) = statement["subject"]
    assert subject == {"name": drill["restored"]["arn"], "digest": {"sha256": subject_digest(drill)}}, subject
    print(json.dumps({"verdict": drill["verdict"], "source": drill["source"]["arn"], "key": signature["keyid"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
