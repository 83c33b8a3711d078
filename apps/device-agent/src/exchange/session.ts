import type { SigningKey, SuiteName, VerifyKey } from "@databox-cmk/crypto";

import type { Transport } from "../broker-client/transport.ts";
import type { StateStore } from "../state/state-store.ts";

/** What every exchange of an enrolled node needs. */
export type Session = {
  readonly order: string;
  readonly serial: string;
  readonly env: string;
  readonly suite: SuiteName;
  readonly brokerKeys: readonly VerifyKey[];
  readonly signingKey: SigningKey;
  readonly bootId: string;
  readonly transport: Transport;
  /** Of the whole command: no exchange starts or goes on after it. */
  readonly deadline: AbortSignal;
  readonly store: StateStore;
  /** Notes when a step ended. */
  readonly mark: (step: string) => void;
};

export const AGENT_NAME = "databox-agent/0.1.0";
