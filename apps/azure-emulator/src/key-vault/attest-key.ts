import { createPrivateKey, sign } from "node:crypto";

import type { CertificateWithKey } from "@databox-cmk/crypto";

import { REFUSALS } from "../core/key-vault/refusal.ts";
import { keyId, renderKeyBundle } from "../core/key-vault/render-key.ts";
import { done, liveKey, refuse, renderContext, usedVersion, withoutPayload } from "./exchange.ts";

/**
 * The key with its attestation, which only keys of an HSM have. The format inside is the HSM
 * maker's and not documented. Here it is a compact JWS (RFC 7515 §7.1) of the emulator's authority,
 * which cannot be mistaken for the proof of a real HSM.
 */
export const attestOperation = withoutPayload((exchange) => {
  const key = liveKey(exchange);
  const version = usedVersion(exchange);
  const { kty } = version.jwk;
  if (!kty.endsWith("-HSM"))
    return refuse(REFUSALS.badParameter(`Keys of type '${kty}' have no attestation.`));
  const context = renderContext(exchange);
  const statement = (half: "private" | "public") =>
    attest(exchange.authority, { kid: keyId(context, key, version), kty, half });
  const attestation = {
    certificatePemFile: Buffer.from(exchange.authority.certificatePem).toString("base64url"),
    privateKeyAttestation: statement("private"),
    publicKeyAttestation: kty === "oct-HSM" ? undefined : statement("public"),
    version: "1.0",
  };
  return done(renderKeyBundle(context, key, version, { attestation }));
});

/** @returns the bytes of the statement in base64url, as the member has them */
function attest({ privateKeyPem }: CertificateWithKey, claims: object): string {
  const key = createPrivateKey(privateKeyPem);
  const alg = key.asymmetricKeyType === "rsa" ? "RS256" : "ES256";
  const signed = [{ alg, typ: "databox-emulated-attestation" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return Buffer.from(`${signed}.${signature.toString("base64url")}`).toString("base64url");
}
