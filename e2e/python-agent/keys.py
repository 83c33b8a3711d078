"""The unlock key of a node, from a grant: HPKE, the envelope, and the two shares of split custody."""

import base64
import hashlib
import hmac
import json
import os
import re
import uuid

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
RAW = serialization.Encoding.Raw, serialization.PublicFormat.Raw


class Unreachable(Exception):
    """There is no authoritative answer."""


def check(holds, what):
    if not holds:
        raise Unreachable(what)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text):
    check(isinstance(text, str) and BASE64URL.match(text), "not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    check(encode(data) == text, "another spelling of base64url")
    return data


def sha256(text):
    return encode(hashlib.sha256(text.encode()).digest())


def read_object(data):
    def once(pairs):
        check(len({name for name, _ in pairs}) == len(pairs), "a member twice")
        return dict(pairs)

    try:
        # Of bytes, Python takes other encodings and a byte order mark, too.
        text = data if isinstance(data, str) else data.decode("utf-8")
        value = json.loads(text, object_pairs_hook=once)
    except ValueError as error:
        raise Unreachable("not JSON") from error
    check(isinstance(value, dict), "not an object")
    return value


def thumbprint(jwk):
    return sha256(json.dumps(jwk, sort_keys=True, separators=(",", ":")))


# HPKE (RFC 9180): base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM

KEM = b"KEM" + bytes([0, 0x20])
HPKE = b"HPKE" + bytes([0, 0x20, 0, 1, 0, 2])


def mac(key, data):
    return hmac.new(key, data, "sha256").digest()


def extract(suite, salt, label, ikm):
    return mac(salt or bytes(32), b"HPKE-v1" + suite + label + ikm)


def expand(suite, prk, label, info, length):
    # One block of HKDF-Expand: no output here is longer than the hash.
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return mac(prk, labelled + b"\x01")[:length]


def hpke_open(private, enc, ciphertext, info):
    shared = private.exchange(x25519.X25519PublicKey.from_public_bytes(enc))
    prk = extract(KEM, b"", b"eae_prk", shared)
    context = enc + private.public_key().public_bytes(*RAW)
    secret = expand(KEM, prk, b"shared_secret", context, 32)
    ids = extract(HPKE, b"", b"psk_id_hash", b"") + extract(HPKE, b"", b"info_hash", info)
    prk = extract(HPKE, secret, b"secret", b"")
    key = expand(HPKE, prk, b"key", b"\0" + ids, 32)
    nonce = expand(HPKE, prk, b"base_nonce", b"\0" + ids, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


# Envelopes (JWE, A256GCM)


def custody_of(jwe):
    """None: escrow. "split": the envelope holds the broker's share of the unlock key."""
    header = read_object(decode(jwe["protected"]))
    check(header.get("cus", "split") == "split", "another kind of custody")
    return header.get("cus")


def commitment(content_key, env):
    return mac(mac(bytes(32), content_key), b"databox-cmk/commit/v1%s\x01" % env.encode())


def open_envelope(jwe, content_key, node):
    """The unlock key: the envelope must be this node's, and commit to this content key."""
    header = read_object(decode(jwe["protected"]))
    mine = [node[name] for name in ("env", "order", "serial", "custody")]
    check([header["env"], header["ord"], header["dev"], custody_of(jwe)] == mine, "a foreign envelope")
    committed = commitment(content_key, node["env"])
    check(hmac.compare_digest(decode(header["cmt"]), committed), "another content key")
    sealed = decode(jwe["ciphertext"]) + decode(jwe["tag"])
    held = AESGCM(content_key).decrypt(decode(jwe["iv"]), sealed, jwe["protected"].encode())
    if node["custody"] is None:
        return held
    check(len(held) == 32, "not a share")
    info = "\0".join(("databox-cmk/split/v1", node["order"], node["serial"])).encode()
    derived = mac(mac(uuid.UUID(node["env"]).bytes, decode(node["share"]) + held), info + b"\x01")
    return encode(derived).encode()


def copy_share(node, recovery_keys):
    """This node's share as an envelope that only the owner's recovery keys open."""
    content_key, iv = os.urandom(32), os.urandom(12)
    header = {"typ": "databox-envelope+jwe", "enc": "A256GCM", "cus": "split-device"}
    header.update(env=node["env"], ord=node["order"], dev=node["serial"])
    header["cmt"] = encode(commitment(content_key, node["env"]))
    protected = encode(json.dumps(header).encode())
    sealed = AESGCM(content_key).encrypt(iv, decode(node["share"]), protected.encode())
    oaep = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)
    recipients = []
    for jwk in recovery_keys:
        check(set(jwk) == {"kty", "n", "e"} and jwk["kty"] == "RSA", "not a recovery key")
        n, e = (int.from_bytes(decode(jwk[name]), "big") for name in "ne")
        check(n.bit_length() in (2048, 3072, 4096) and e == 65537, "a weak recovery key")
        wrapped = rsa.RSAPublicNumbers(e, n).public_key().encrypt(content_key, oaep)
        kid = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:" + thumbprint(jwk)
        recipient = {"header": {"alg": "RSA-OAEP-256", "kid": kid}, "encrypted_key": encode(wrapped)}
        recipients.append(recipient)
    parts = dict(iv=iv, ciphertext=sealed[:-16], tag=sealed[-16:])
    copy = {name: encode(part) for name, part in parts.items()}
    return dict(copy, protected=protected, recipients=recipients)
