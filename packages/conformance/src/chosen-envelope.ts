import { createCipheriv, randomBytes } from "node:crypto";

import {
  encodeBase64url,
  type EnvelopeContext,
  type EnvelopeJson,
  messageHash,
  openEnvelope,
  parseJsonObject,
  sealEnvelope,
  signMessage,
} from "@databox-cmk/crypto";
import { MESSAGE_TYPES, unlockRequest } from "@databox-cmk/protocol";
import type { FakeBroker, FakeNode } from "@databox-cmk/testkit";

import { contentOf, type Forgery, nodeOf } from "./forgery.ts";

/** An envelope for the node's `env`, all of which the broker chose, and the key that opens it. */
export async function chooseEnvelope(
  { env, order: ord, serial: dev, envelope: { recipients } }: FakeNode,
  cus: EnvelopeContext["cus"],
  plaintext: Uint8Array = randomBytes(32),
): Promise<{ readonly jwe: EnvelopeJson; readonly contentKey: Uint8Array }> {
  const cek = new Uint8Array(randomBytes(32));
  const context = { env, ord, dev, cus };
  const chosen = await sealEnvelope({ unlockKey: plaintext, cek, context, recipients });
  return { jwe: chosen.toJSON(), contentKey: cek };
}

/** The envelope as the broker signs it, one generation up. */
export const signEnvelope = (
  { signingKey }: FakeBroker,
  { generation }: FakeNode,
  env: string,
  jwe: EnvelopeJson,
): Promise<string> =>
  signMessage(signingKey, MESSAGE_TYPES.envelope, { env, generation: generation + 1, jwe });

/** A grant by the broker's key with an envelope that it chose. */
export async function grantChosen(
  forgery: Forgery,
  cus: EnvelopeContext["cus"],
  plaintext?: Uint8Array,
): Promise<string> {
  const node = nodeOf(forgery);
  const { jwe, contentKey } = await chooseEnvelope(node, cus, plaintext);
  return grantEnvelope(forgery, node.env, jwe, contentKey);
}

/**
 * A grant of the node's own unlock key, in an envelope whose header names another order, serial or
 * `env`, or whose commitment is to another content key: only who reads the header refuses it.
 */
export async function grantMisnamed(
  forgery: Forgery,
  change: Partial<EnvelopeContext> | "commitment",
): Promise<string> {
  const { env, contentKey, envelope } = nodeOf(forgery);
  const { context } = envelope;
  const unlockKey = await openEnvelope(envelope, contentKey, context);
  const cek = new Uint8Array(randomBytes(32));
  const named = change === "commitment" ? context : { ...context, ...change };
  const sealing = { unlockKey, cek, context: named, recipients: envelope.recipients };
  const jwe = (await sealEnvelope(sealing)).toJSON();
  const chosen = change === "commitment" ? commitToOther(jwe, cek, unlockKey) : jwe;
  return grantEnvelope(forgery, env, chosen, cek);
}

/** Encrypted again, since the header is authenticated with the ciphertext (RFC 7516 §5.1). */
function commitToOther(jwe: EnvelopeJson, cek: Uint8Array, plaintext: Uint8Array): EnvelopeJson {
  const header = parseJsonObject(Buffer.from(jwe.protected, "base64url"), "the header");
  const changed = JSON.stringify({ ...header, cmt: encodeBase64url(randomBytes(32)) });
  const encoded = Buffer.from(changed).toString("base64url");
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", cek, iv);
  cipher.setAAD(Buffer.from(encoded));
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return {
    ...jwe,
    protected: encoded,
    iv: encodeBase64url(iv),
    ciphertext: encodeBase64url(ciphertext),
    tag: encodeBase64url(cipher.getAuthTag()),
  };
}

/** A grant of this content key by the broker's key, with this envelope. */
export async function grantEnvelope(
  forgery: Forgery,
  env: string,
  jwe: EnvelopeJson,
  contentKey: Uint8Array,
): Promise<string> {
  const { broker, request } = forgery;
  const node = nodeOf(forgery);
  const envelope = await signEnvelope(broker, node, env, jwe);
  const asked = unlockRequest.parse(contentOf(request));
  const given = await broker.grantFor({ ...node, contentKey }, asked, messageHash(request));
  return signMessage(broker.signingKey, MESSAGE_TYPES.grant, { ...given, envelope });
}
