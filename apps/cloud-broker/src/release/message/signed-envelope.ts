import { signMessage, type SigningKey } from "@databox-cmk/crypto";
import { MESSAGE_TYPES, type SignedEnvelope } from "@databox-cmk/protocol";

import type { NodeEnvelope } from "../../custody/node-envelope.ts";

/** What the device keeps: no foreign envelope and no lower generation passes, since the broker signed both. */
export function signEnvelope(key: SigningKey, envelope: NodeEnvelope): Promise<string> {
  const { env, generation, jwe } = envelope;
  return signMessage(key, MESSAGE_TYPES.envelope, { env, generation, jwe } satisfies {
    [Name in keyof SignedEnvelope]: unknown;
  });
}
