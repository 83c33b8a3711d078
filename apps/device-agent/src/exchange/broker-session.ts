import type { SigningKey, SuiteName, VerifyKey } from "@databox-cmk/crypto";
import { nameSender } from "@databox-cmk/protocol";

import type { Transport } from "../broker-client/transport.ts";
import type { KeyHolder } from "../share/unlock-key.ts";
import type { StateStore } from "../state/state-folder.ts";

/** The identity of an enrolled node, and the keys that it trusts. */
export type NodeIdentity = KeyHolder & {
  readonly env: string;
  readonly suite: SuiteName;
  readonly brokerKeys: readonly VerifyKey[];
  readonly signingKey: SigningKey;
  readonly bootId: string;
  readonly store: StateStore;
};

/** The dependencies of every network exchange. */
export type BrokerSession = NodeIdentity & {
  readonly transport: Transport;
  /** It ends the whole command: no exchange starts or continues after it. */
  readonly deadline: AbortSignal;
  /** Records the end of a step. */
  readonly mark: (step: string) => void;
};

export const AGENT_NAME = nameSender("databox-agent");
