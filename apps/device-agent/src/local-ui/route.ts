import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { type AgentEvent, isFailure, type SuccessEvent } from "../core/agent-event.ts";
import type { Settings } from "../core/settings.ts";
import type { ApprovalWaiter } from "./approval-waiter.ts";
import type { CertificateStore } from "./certificates/certificate-store.ts";
import { LocalFailureAnswer } from "./describe-failure.ts";
import type { Operations, RunNodeCommand } from "./local-operations.ts";
import type { Session, SessionStore } from "./session-store.ts";

const BODY_MAX_BYTES = 1024;

export type LocalRequest<Body = unknown> = {
  /** JSON; undefined for routes without a body. */
  readonly body: Body;
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
  /** Slow, guessing or networked requests have a low rate. */
  readonly isCostly?: true;
  readonly handle: (request: LocalRequest) => LocalAnswer | Promise<LocalAnswer>;
};

type Authentication = LocalRoute["authentication"];

/** A route that only shows something. */
export const shows = (
  path: string,
  authentication: Authentication,
  view: (request: LocalRequest) => unknown,
): LocalRoute => ({
  method: "GET",
  path,
  authentication,
  maxBytes: 0,
  handle: async (request) => ({ status: 200, json: await view(request) }),
});

/**
 * A route that does something. A body that does not fit is refused by the name of the wrong member,
 * never by its value.
 */
export const does = <Body>(
  path: string,
  authentication: Authentication,
  schema: z.ZodMiniType<Body>,
  handle: (request: LocalRequest<Body>) => LocalAnswer | Promise<LocalAnswer>,
  more: Partial<Pick<LocalRoute, "method" | "maxBytes" | "isCostly">> = {},
): LocalRoute => ({
  method: "POST",
  path,
  authentication,
  maxBytes: BODY_MAX_BYTES,
  ...more,
  handle(request) {
    const parsed = parseWith(schema, request.body, "body");
    if (parsed.ok) return handle({ ...request, body: parsed.value });
    throw new AppError("LocalRequestMalformed", { reason: "body", detail: parsed.detail });
  },
});

export const done = (json: object = {}): LocalAnswer => ({ status: 200, json });
/** The answer to a command that goes on. */
export const started = (operation: string): LocalAnswer => ({ status: 202, json: { operation } });

/** @throws {LocalFailureAnswer} the failure of the command */
export async function succeeded(command: Promise<AgentEvent>): Promise<SuccessEvent> {
  const event = await command;
  if (isFailure(event)) throw new LocalFailureAnswer(event);
  return event;
}

/** The dependencies of the local UI's routes. */
export type LocalContext = {
  readonly settings: Settings;
  readonly sessions: SessionStore;
  readonly operations: Operations;
  readonly waiter: ApprovalWaiter;
  readonly certificates: CertificateStore;
  readonly run: RunNodeCommand;
  /** Whether this is the passkey, without opening the volume. */
  readonly provePasskey: (typed: Uint8Array) => Promise<void>;
  /** Program that switches the machine off; undefined: none was configured. */
  readonly shutDownCommand: string | undefined;
};
