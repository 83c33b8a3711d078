// Signs an image as cosign does, with a key in a file (cosign's SIGNATURE_SPEC.md), and states in
// in-toto form how it was built (SLSA provenance 1) and what is in it (CycloneDX). cosign itself
// signs only in a registry, and this is done before the image is in one.
import { createPrivateKey, sign } from "node:crypto";

import { json } from "./image-layout.mjs";

const STATEMENT = "https://in-toto.io/Statement/v1";
const PAYLOAD = "application/vnd.in-toto+json";
export const PROVENANCE = "https://slsa.dev/provenance/v1";
export const CYCLONEDX = "https://cyclonedx.org/bom";

/**
 * @param pem - a private key on the curve P-256
 * @param name - the image's
 * @param predicates - by type
 * @throws {Error} when the key is of another kind
 */
export function signImage(layout, pem, name, { digest }, predicates) {
  const signature = signWith(pem);
  const payload = json({
    critical: {
      identity: { "docker-reference": name },
      image: { "docker-manifest-digest": digest },
      type: "cosign container image signature",
    },
    optional: null,
  });
  const annotations = {
    "dev.cosignproject.cosign/signature": signature(payload).toString("base64"),
  };
  layout.addSigned("sigs", [
    ["application/vnd.dev.cosign.simplesigning.v1+json", payload, annotations],
  ]);
  const subject = [{ name, digest: { sha256: digest.replace("sha256:", "") } }];
  const envelopes = Object.entries(predicates).map(([predicateType, predicate]) => [
    "application/vnd.dsse.envelope.v1+json",
    envelopeOf(statement(subject, predicateType, predicate), signature),
    { "dev.cosignproject.cosign/signature": "", predicateType },
  ]);
  layout.addSigned("atts", envelopes);
}

/**
 * @param pem - a private key on the curve P-256
 * @returns signs bytes (ECDSA with SHA-256, DER)
 * @throws {Error} when the key is of another kind
 */
export function signWith(pem) {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    throw new Error("the key that signs is not on the curve P-256");
  return (bytes) => sign("sha256", bytes, key);
}

/** @returns an in-toto statement, as JSON */
export function statement(subject, predicateType, predicate) {
  return json({ _type: STATEMENT, subject, predicateType, predicate });
}

/** @returns a statement and its signature (DSSE), as JSON */
export function envelopeOf(payload, signature) {
  const signatures = [{ sig: signature(preAuthenticationEncoding(payload)).toString("base64") }];
  return json({ payloadType: PAYLOAD, payload: payload.toString("base64"), signatures });
}

/** DSSE 1.0.2: the payload's type is signed with it. */
function preAuthenticationEncoding(bytes) {
  const type = `${String(PAYLOAD.length)} ${PAYLOAD}`;
  return Buffer.concat([Buffer.from(`DSSEv1 ${type} ${String(bytes.length)} `), bytes]);
}
