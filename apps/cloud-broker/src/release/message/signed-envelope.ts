import { signMessage, type SigningKey } from "@databox-cmk/crypto";
import { MESSAGE_TYPES, type SignedEnvelope } from "@databox-cmk/protocol";

import type { NodeEnvelope } from "../../custody/node-envelope.ts";

/**
 * The envelope that the device stores. The broker signs envelope and generation, so the device
 * accepts no foreign envelope and no lower generation.
 */
export function signEnvelope(key: SigningKey, envelope: NodeEnvelope): Promise<string> {
  const { env, generation, jwe } = envelope;
  return signMessage(key, MESSAGE_TYPES.envelope, { env, generation, jwe } satisfies {
    [Name in keyof SignedEnvelope]: unknown;
  });
}
