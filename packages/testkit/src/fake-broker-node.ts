import { randomBytes, randomUUID } from "node:crypto";

import {
  encodeBase64url,
  importVerifyKey,
  replaceRecipients,
  sealEnvelope,
  signMessage,
} from "@databox-cmk/crypto";
import type { Envelope, SigningKey, VerifyKey } from "@databox-cmk/crypto";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";

/** What the fake broker knows about one node. The fake keeps the content key itself: it has no vault. */
export type FakeNode = {
  readonly order: string;
  readonly serial: string;
  readonly env: string;
  readonly enrolmentCode: string;
  readonly passkeyOrigin: "generated" | "customer";
  readonly contentKey: Uint8Array;
  readonly kid: string;
  envelope: Envelope;
  generation: number;
  signedEnvelope: string;
  deviceKey: VerifyKey | undefined;
  counter: number;
};

export async function createFakeNode(
  signingKey: SigningKey,
  input: {
    readonly order: string;
    readonly serial: string;
    readonly unlockKey: Uint8Array;
    readonly passkeyOrigin: "generated" | "customer";
  },
): Promise<FakeNode> {
  const env = randomUUID();
  const contentKey = new Uint8Array(randomBytes(32));
  const kid = "https://fake.vault.localhost/keys/service/00000000000000000000000000000001";
  const envelope = await sealEnvelope({
    unlockKey: input.unlockKey,
    cek: contentKey,
    context: { env, ord: input.order, dev: input.serial },
    recipients: [{ kid, encryptedKey: new Uint8Array(randomBytes(256)) }],
  });
  const node: FakeNode = {
    order: input.order,
    serial: input.serial,
    passkeyOrigin: input.passkeyOrigin,
    env,
    contentKey,
    kid,
    envelope,
    enrolmentCode: encodeBase64url(randomBytes(32)),
    generation: 0,
    signedEnvelope: "",
    deviceKey: undefined,
    counter: 0,
  };
  await raiseGeneration(node, signingKey);
  return node;
}

/** What a re-wrap does to a node: the same content key under other recipients, one generation up. */
export async function raiseGeneration(node: FakeNode, signingKey: SigningKey): Promise<void> {
  node.generation += 1;
  node.envelope = replaceRecipients(node.envelope, [
    { kid: node.kid, encryptedKey: new Uint8Array(randomBytes(256)) },
  ]);
  node.signedEnvelope = await signEnvelope(node, signingKey, node.generation);
}

function signEnvelope(
  { env, envelope }: Pick<FakeNode, "env" | "envelope">,
  signingKey: SigningKey,
  generation: number,
): Promise<string> {
  const jwe = envelope.toJSON();
  return signMessage(signingKey, MESSAGE_TYPES.envelope, { env, generation, jwe });
}

export function enrolDeviceKey(node: FakeNode, publicKey: unknown): boolean {
  const key = importVerifyKey(publicKey);
  if (node.deviceKey !== undefined && node.deviceKey.kid !== key.kid) return false;
  node.deviceKey = key;
  return true;
}
