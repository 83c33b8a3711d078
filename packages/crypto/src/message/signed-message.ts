import { hash, verify } from "node:crypto";

import { decodeBase64url, encodeBase64url } from "../base64url.ts";
import { malformed, verificationFailed } from "../crypto-error.ts";
import { type JsonObject, parseJsonObject, requireExactMembers } from "../strict-json.ts";
import { toDer } from "./ecdsa-signature.ts";
import type { SigningKey } from "./signing-key.ts";
import type { VerifyKey } from "./verify-key.ts";

/** Largest accepted compact message, unless the caller names another limit. */
const MESSAGE_MAX_BYTES = 16 * 1024;
const SIGNATURE_BYTES = 64;
const KID = /^[A-Za-z0-9_-]{43}$/;
const TYP = /^[a-z0-9.+-]{1,64}$/;

export type MessageHeader = { readonly kid: string; readonly typ: string };

/**
 * JWS compact (RFC 7515 §7.1), ES256, protected header exactly `{alg, kid, typ}`.
 *
 * @param typ - lower-case media type without `application/`; differs per kind of message.
 * @throws {CryptoError} `malformed` for a typ that {@link readHeader} would refuse or a key that
 * signs wrongly
 */
export async function signMessage(key: SigningKey, typ: string, payload: object): Promise<string> {
  if (!TYP.test(typ)) throw malformed("typ: expected a lower-case media type");
  const header = encodeText(JSON.stringify({ alg: "ES256", kid: key.kid, typ }));
  const signingInput = `${header}.${encodeText(JSON.stringify(payload))}`;
  const signature = await key.sign(Buffer.from(signingInput, "ascii"));
  if (signature.byteLength !== SIGNATURE_BYTES) throw malformed("signature: expected 64 bytes");
  return `${signingInput}.${encodeBase64url(signature)}`;
}

/** A message whose form was checked, and nothing else. */
export type UnverifiedMessage = {
  /** The claimed signer and type, to look up the key; nothing here is proven. */
  readonly header: MessageHeader;
  /**
   * Payload of a message that `key` signed as `typ`. The signature is checked over the bytes
   * received; the payload is parsed once, after that, and callers never parse it again.
   *
   * @throws {CryptoError} `malformed` when signature or payload are not of this form;
   * `verification-failed` for another key, another typ or a wrong signature, without saying which
   */
  verify(key: VerifyKey, typ: string): JsonObject;
};

/** @throws {CryptoError} `malformed`: not a message of this form */
export function readMessage(jws: string, maxBytes: number = MESSAGE_MAX_BYTES): UnverifiedMessage {
  const parts = split(jws, maxBytes);
  const header = parseHeader(parts.header);
  return {
    header,
    verify(key, typ) {
      const signature = decodeBase64url(parts.signature, "signature");
      if (signature.byteLength !== SIGNATURE_BYTES) throw malformed("signature: expected 64 bytes");
      const signed = Buffer.from(jws.slice(0, jws.lastIndexOf(".")), "ascii");
      if (
        header.kid !== key.kid ||
        header.typ !== typ ||
        !verify("sha256", signed, key.publicKey, toDer(signature))
      )
        throw verificationFailed();
      return parseJsonObject(decodeBase64url(parts.payload, "payload"), "payload");
    },
  };
}

/** Reads only the header; it is not verified. @throws {CryptoError} `malformed` */
export function readHeader(jws: string, maxBytes?: number): MessageHeader {
  return readMessage(jws, maxBytes).header;
}

/** Reads and verifies a message; throws what `readMessage` and its `verify` throw. */
export function verifyMessage(
  jws: string,
  key: VerifyKey,
  typ: string,
  maxBytes?: number,
): JsonObject {
  return readMessage(jws, maxBytes).verify(key, typ);
}

/** Base64url of SHA-256 over the compact message: what answers refer to. */
export function messageHash(jws: string): string {
  return hash("sha256", jws, "base64url");
}

function split(jws: string, maxBytes: number) {
  if (jws.length > maxBytes) throw malformed(`message: longer than ${String(maxBytes)} bytes`);
  const [header, payload, signature, ...more] = jws.split(".", 4);
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    throw malformed("message: expected header.payload.signature");
  return { header, payload, signature };
}

function parseHeader(encoded: string): MessageHeader {
  const header = parseJsonObject(decodeBase64url(encoded, "header"), "header");
  requireExactMembers(header, ["alg", "kid", "typ"], "header");
  const { alg, kid, typ } = header;
  // One algorithm for every key: there is no table to be confused by (RFC 8725 §3.1).
  if (alg !== "ES256") throw malformed("header: alg is not ES256");
  if (typeof kid !== "string" || !KID.test(kid)) throw malformed("header: kid is not a thumbprint");
  if (typeof typ !== "string" || !TYP.test(typ)) throw malformed("header: typ is not a media type");
  return { kid, typ };
}

function encodeText(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
