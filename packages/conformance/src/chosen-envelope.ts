import { randomBytes } from "node:crypto";

import {
  type EnvelopeContext,
  type EnvelopeJson,
  messageHash,
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
