"""A device agent in Python, written from docs/reference/device-api.md alone: standard library and
python3-cryptography. It enrols a node, in escrow or in split custody, prepares it, and fetches its
unlock key. It has no volume: it keeps the SHA-256 of the key that it was prepared with, refuses every
other key as a volume does, and says whether a key fits.

  agent.py STATE prepare BROKER CA ORDER SERIAL   < enrolment code
  agent.py STATE unlock [unlock | ingest | fill]
  agent.py STATE opens                            < unlock key

Prints one JSON object: {"outcome", "code"}. Only a denial that the broker signed for this
very request is "refused"; every other answer is "unreachable".
"""

import hashlib
import http.client
import json
import os
import re
import socket
import ssl
import sys
import uuid

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils, x25519

sys.dont_write_bytecode = True
from keys import RAW, Unreachable, check, copy_share, custody_of, decode, encode, hpke_open
from keys import open_envelope, read_object, sha256, thumbprint

MESSAGE = "databox-%s+jws"
MAX_BYTES = 64 * 1024
PEM = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
# The members of each answer, required and optional; any other is refused.
MEMBERS = {
    "enrolment": ("requestHash order serial brokerKeys envelope passkeyOrigin", ""),
    "envelope": ("env generation jwe", ""),
    "grant": ("requestHash order serial sealed lease kid correlationId", "envelope"),
    "pending": ("requestHash retryAfterSeconds correlationId approval", ""),
    "acknowledgement": ("requestHash", ""),
    "denial": ("requestHash code class who title message ask steps correlationId",
               "reason vaultRequestId retryAfterSeconds"),
}


class Denied(Exception):
    """The broker signed another answer than the one that was asked for."""


# Signed messages (JWS compact, ES256)


def public_jwk(key):
    numbers = key.public_key().public_numbers()
    x, y = (encode(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def sign(key, kind, payload):
    header = {"alg": "ES256", "kid": thumbprint(public_jwk(key)), "typ": MESSAGE % kind}
    text = ".".join(encode(json.dumps(part).encode()) for part in (header, payload))
    r, s = utils.decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return text + "." + encode(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def kind_of(text):
    header = read_object(decode(text.split(".")[0]))
    match = re.match(r"databox-([a-z-]+)\+jws\Z", str(header.get("typ")))
    check(match, "not a message of this API")
    return match[1]


def verify(text, kind, broker_keys):
    """The payload of a message of this kind, signed by one of these keys."""
    parts = text.split(".")
    check(len(parts) == 3, "not a JWS")
    header, payload, signature = (decode(part) for part in parts)
    known = {thumbprint(jwk): jwk for jwk in broker_keys}
    kid = read_object(header).get("kid")
    expected = {"alg": "ES256", "kid": kid, "typ": MESSAGE % kind}
    check(kid in known and read_object(header) == expected, "another signer or kind")
    check(len(signature) == 64, "not a signature")
    x, y = (int.from_bytes(decode(known[kid][name]), "big") for name in "xy")
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    signed = ".".join(parts[:2]).encode()
    try:
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise Unreachable("wrong signature") from error
    value = read_object(payload)
    required, optional = (set(names.split()) for names in MEMBERS[kind])
    names = set(value) - {"extensions"}
    check(required <= names <= required | optional, "members of another message")
    return value


class Node:
    def __init__(self, folder):
        self.path = os.path.join(folder, "state.json")
        self.state = {}

    def save(self, **changes):
        """Whole or not at all, and on disk before it returns; readable by its owner only."""
        self.state.update(changes)
        os.umask(0o077)
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.path + ".new", self.path)

    def about(self, **more):
        """Order, serial, boot and the next counter, which is on disk before it is sent."""
        self.save(counter=self.state["counter"] + 1)
        return {name: self.state[name] for name in ("order", "serial", "bootId", "counter")} | more

    def post(self, path, body, media_type):
        host, port = re.match(r"https://([^/:]+):(\d+)\Z", self.state["broker"]).groups()
        # Names below localhost are this machine's (RFC 6761).
        address = "127.0.0.1" if host.endswith(".localhost") else host
        context = ssl.create_default_context(cafile=self.state["ca"])
        connection = http.client.HTTPSConnection(host, int(port))
        try:
            plain = socket.create_connection((address, int(port)), 60)
            connection.sock = context.wrap_socket(plain, server_hostname=host)
            connection.request("POST", path, body, {"content-type": media_type})
            answer = connection.getresponse()
            check(answer.getheader("content-type", "").startswith(media_type), "unsigned")
            body = answer.read(MAX_BYTES + 1)
            check(len(body) <= MAX_BYTES, "too long")
            return body.decode("ascii")
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            raise Unreachable("no answer") from error
        finally:
            connection.close()

    def ask(self, path, request, kind):
        """The verified answer to a signed request, and its text."""
        text = self.post("/device/v1/" + path, request, "application/jose")
        given = kind_of(text)
        check(given in (kind, "denial", "pending"), "an answer of another kind")
        answer = verify(text, given, self.state["brokerKeys"])
        check(answer["requestHash"] == sha256(request), "the answer to another request")
        if given != kind:
            raise Denied(answer.get("class", given), answer.get("code"))
        return answer, text

    def is_mine(self, answer):
        check(all(answer[name] == self.state[name] for name in ("order", "serial")), "not mine")

    def read_envelope(self, text, broker_keys):
        envelope = verify(text, "envelope", broker_keys)
        check(envelope["generation"] > self.state.get("generation", 0), "an older envelope")
        check(envelope["env"] == self.state.get("env", envelope["env"]), "another envelope")
        return {name: envelope[name] for name in ("env", "generation", "jwe")}

    def enrol(self, broker, ca, order, serial, code):
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(*PEM).decode()
        boot = str(uuid.uuid4())
        self.save(broker=broker, ca=ca, order=order, serial=serial, key=pem, counter=0, bootId=boot)
        fields = dict(code=code, order=order, serial=serial, bootId=boot, agent="python/1")
        fields.update(publicKey=public_jwk(key), suite="X25519")
        request = sign(key, "enrolment-request", fields)
        # TLS and the one-time code protect these keys; from now on they are pinned.
        text = self.post("/device/v1/enrollments", request, "application/jose")
        check(kind_of(text) == "enrolment", "refused by a broker that is not known yet")
        keys = read_object(decode(text.split(".")[1]))["brokerKeys"]
        answer = verify(text, "enrolment", keys)
        check(answer["requestHash"] == sha256(request), "the answer to another request")
        self.is_mine(answer)
        envelope = self.read_envelope(answer["envelope"], keys)
        # From now on, no envelope of another custody is accepted.
        share, custody = encode(os.urandom(32)), custody_of(envelope["jwe"])
        named = answer.get("extensions", {}).get("recoveryKeys", [])
        self.save(brokerKeys=keys, custody=custody, share=share, recoveryKeys=named, **envelope)

    def fetch_key(self, purpose):
        question = json.dumps({"serial": self.state["serial"]}), "application/json"
        nonce = read_object(self.post("/device/v1/challenges", *question))["nonce"]
        private = x25519.X25519PrivateKey.generate()
        public = encode(private.public_key().public_bytes(*RAW))
        fields = self.about(env=self.state["env"], generation=self.state["generation"])
        fields.update(nonce=nonce, purpose=purpose, agent="python/1", hpke=dict(suite="X25519", publicKey=public))
        key = serialization.load_pem_private_key(self.state["key"].encode(), None)
        request = sign(key, "unlock-request", fields)
        grant, text = self.ask("unlocks", request, "grant")
        self.is_mine(grant)
        held = {}
        if "envelope" in grant:
            held = self.read_envelope(grant["envelope"], self.state["brokerKeys"])
        info = b"databox-cmk/unlock/v1" + decode(sha256(request))
        sealed = grant["sealed"]
        try:
            content_key = hpke_open(private, decode(sealed["enc"]), decode(sealed["ciphertext"]), info)
            unlock_key = open_envelope(held.get("jwe", self.state["jwe"]), content_key, self.state)
        except (InvalidTag, ValueError, KeyError) as error:
            raise Unreachable("the grant does not open") from error
        digest = hashlib.sha256(unlock_key).hexdigest()
        is_new = purpose == "prepare"
        check(is_new or digest == self.state["volume"], "the volume does not open with this key")
        self.save(volume=digest, **held)
        outcome = "prepared" if is_new else "unlocked"
        fields = self.about(grantHash=sha256(text), outcome=outcome, journalHead=sha256(""))
        if is_new and self.state["custody"] is not None and self.state["recoveryKeys"]:
            fields["extensions"] = {"deviceShare": copy_share(self.state, self.state["recoveryKeys"])}
        self.ask("receipts", sign(key, "receipt", fields), "acknowledgement")
        return {"outcome": outcome}


def main(folder, command, *parameters):
    node = Node(folder)
    try:
        if command == "prepare":
            node.enrol(*parameters, sys.stdin.read().strip())
            return node.fetch_key("prepare")
        with open(node.path, encoding="utf-8") as file:
            node.state = json.load(file)
        if command == "opens":
            digest = hashlib.sha256(sys.stdin.read().encode()).hexdigest()
            return {"outcome": "opens" if digest == node.state["volume"] else "closed"}
        purpose = parameters[0] if parameters else "unlock"
        check(command == "unlock" and purpose in ("unlock", "ingest", "fill"), "no such command")
        return node.fetch_key(purpose)
    except Denied as denied:
        return dict(zip(("outcome", "code"), denied.args))
    except Unreachable as error:
        return {"outcome": "unreachable", "code": str(error)}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
