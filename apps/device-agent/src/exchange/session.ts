import type { SigningKey, SuiteName, VerifyKey } from "@databox-cmk/crypto";

import type { Transport } from "../broker-client/transport.ts";
import type { StateStore } from "../state/state-store.ts";

/** Who an enrolled node is, and whom it believes. */
export type NodeIdentity = {
  readonly order: string;
  readonly serial: string;
  readonly env: string;
  readonly suite: SuiteName;
  readonly brokerKeys: readonly VerifyKey[];
  readonly signingKey: SigningKey;
  readonly bootId: string;
  readonly store: StateStore;
};

/** What every exchange by network needs. */
export type Session = NodeIdentity & {
  readonly transport: Transport;
  /** Of the whole command: no exchange starts or goes on after it. */
  readonly deadline: AbortSignal;
  /** Notes when a step ended. */
  readonly mark: (step: string) => void;
};

export const AGENT_NAME = "databox-agent/0.1.0";
