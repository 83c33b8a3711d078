import type { Session } from "./session-store.ts";

export type LocalRequest = {
  /** Parsed JSON; undefined for routes without a body. */
  readonly body: unknown;
  readonly session: Session | undefined;
  readonly token: string | undefined;
  /** Host part of the address by which the page was reached. */
  readonly address: string;
  readonly query: URLSearchParams;
};

export type LocalAnswer = {
  readonly status: number;
  readonly json?: unknown;
  readonly cookie?: string;
};

/**
 * `public`: anyone who reaches the appliance. `session`: a person who has signed in by the passkey.
 * Nothing else is served; a test walks the table.
 */
export type LocalRoute = {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly authentication: "public" | "session";
  /** Largest body; 0: none is read. */
  readonly maxBytes: number;
  /** For slow, guessing or networked requests: a low rate. */
  readonly isCostly?: true;
  readonly handle: (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>;
};
