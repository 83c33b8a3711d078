import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { Settings } from "../core/settings.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { ApprovalWaiter } from "./approval-waiter.ts";
import type { CertificateStore } from "./certificates/certificate-store.ts";
import type { RunNodeCommand } from "./node-commands.ts";
import type { Operations } from "./operations.ts";
import type { Session, SessionStore } from "./session-store.ts";

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


/** @throws {AppError} `LocalRequestMalformed` that names the wrong member, never its value */
export function parseBody<Value>(schema: z.ZodMiniType<Value>, body: unknown): Value {
  const parsed = parseWith(schema, body, "body");
  if (parsed.ok) return parsed.value;
  throw new AppError("LocalRequestMalformed", { reason: "body", detail: parsed.detail });
}

/** The dependencies of the local UI's routes. */
export type LocalContext = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly dependencies: CommandDependencies;
  readonly sessions: SessionStore;
  readonly operations: Operations;
  readonly waiter: ApprovalWaiter;
  readonly certificates: CertificateStore;
  readonly run: RunNodeCommand;
  readonly model: string;
  /** Program that switches the machine off; undefined: none was configured. */
  readonly shutDownCommand: string | undefined;
};
