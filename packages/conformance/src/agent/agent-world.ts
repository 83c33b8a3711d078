import type { FakeBroker, Interceptor } from "@databox-cmk/testkit";

/** The result of a command of the agent, by the names of the device API. */
export type AgentOutcome = {
  readonly outcome: string;
  /** The broker's code if it refused. */
  readonly code?: string | undefined;
};

/**
 * The agent under test: one node with its own state. Members that are absent are parts that it does
 * not play.
 */
export type AgentUnderTest = {
  /** Enrols the node, prepares it, and sends the receipt. */
  prepare(facts: {
    readonly broker: string;
    readonly certificateAuthorityPem: string;
    readonly order: string;
    readonly serial: string;
    readonly code: string;
  }): Promise<AgentOutcome>;
  /** One attempt to unlock the volume by network, whether or not it is open. */
  unlock(): Promise<AgentOutcome>;
  /** Its unlocks can wait for approvals: `pending`, and the next one sends the same bytes. */
  readonly waits?: true;
  /** One attempt to give the open volume another unlock key. */
  readonly rekey?: () => Promise<AgentOutcome>;
  readonly carried?: {
    /** The challenge that a person carries; closes the volume before. */
    readonly challenge: () => Promise<string>;
    /** One attempt to open the volume with the answer. */
    readonly respond: (answer: string) => Promise<AgentOutcome>;
  };
  /** Keeps the lease of the open volume until it is disposed. */
  readonly serve?: () => Promise<AsyncDisposable>;
  /** Destroys keys and data once the broker permits it, and sends the certificate. */
  readonly erase?: (serial: string) => Promise<AgentOutcome>;
};

export type AgentWorld = {
  readonly broker: FakeBroker;
  readonly serial: string;
  readonly agent: AgentUnderTest;
  /** The broker's part between and during cases, unless a case has its own. */
  readonly present: { intercept: Interceptor | undefined };
  /** One attempt that must unlock and send its receipt. */
  readonly unlocks: () => Promise<string | undefined>;
  readonly run: (
    suite: string,
    name: string,
    work: () => Promise<string | undefined>,
  ) => Promise<void>;
};

/** The fault of an attempt that does not end in this way. */
export function unlessOutcome(
  { outcome, code }: AgentOutcome,
  expected: string,
  expectedCode?: string,
): string | undefined {
  const isExpected = outcome === expected && (expectedCode === undefined || code === expectedCode);
  return isExpected ? undefined : `said ${outcome} ${code ?? ""}, not ${expected}`;
}
