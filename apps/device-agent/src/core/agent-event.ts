import type { Check, ErrorClass, NextStep, Who } from "@databox-cmk/errors";

import type { EventDetails } from "./event-details.ts";
import type { Proof } from "./ports.ts";
import type { VolumeKind } from "./settings.ts";
import type { WaitingView } from "./waiting-request.ts";

export const COMMANDS = [
  "prepare",
  "unlock",
  "passkey",
  "challenge",
  "respond",
  "rekey",
  "recover",
  "lock",
  "erase",
  "status",
  "journal",
  "doctor",
  "serve",
] as const;
export type CommandName = (typeof COMMANDS)[number];

export type SuccessOutcome =
  | "prepared"
  | "challenged"
  | "unlocked"
  | "waiting"
  | "cancelled"
  | "rekeyed"
  | "recovered"
  | "locked"
  | "erasing"
  | "erased"
  | "listed"
  | "verified"
  | "healthy"
  | "serving"
  | "stopped";
export type FailureOutcome = "refused" | "unreachable" | "invalid" | "pending" | "failed";

export type EventStep = { readonly text: string; readonly command?: string | undefined };

/** Milliseconds since the process started, by name of the step that ended then. */
export type Timings = Readonly<Record<string, number>>;

type Common = {
  readonly event: CommandName;
  /** Serial number, if it is already known. */
  readonly node?: string | undefined;
  readonly elapsedMs: number;
  readonly timings?: Timings | undefined;
  readonly volume?: VolumeKind | undefined;
  /** `doctor` tells the checks in order, and the next step. */
  readonly checks?: readonly Check[];
  readonly nextStep?: NextStep;
  /** An unlock that waits for approvers has it. */
  readonly approval?: WaitingView | undefined;
};

export type SuccessEvent = Common & {
  readonly outcome: SuccessOutcome;
  /** The cause that keeps the volume closed, or will close it (cause.ts). */
  readonly cause?: (FailureEvent & { readonly at: string }) | undefined;
  readonly proof?: Proof;
  readonly mapping?: string | undefined;
  readonly kid?: string | undefined;
  readonly generation?: number;
  readonly correlationId?: string;
  /** Problems that did not stop the command: one clause each. */
  readonly notes?: readonly string[] | undefined;
  readonly details?: EventDetails | undefined;
  /** A person carries it: the message, and its QR code in half-block characters. */
  readonly carried?: { readonly text: string; readonly qr?: string | undefined };
  /** Newest rows of the journal, oldest first. */
  readonly rows?: readonly JournalLine[] | undefined;
};

export type JournalLine = {
  readonly sequence: number;
  readonly at: string;
  readonly event: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
  readonly hash: string;
};

/** A failed command: the reason, and who must do what. */
export type FailureEvent = Common & {
  readonly outcome: FailureOutcome;
  readonly code: string;
  readonly reason?: string | undefined;
  readonly class: ErrorClass;
  readonly who: Who;
  readonly title: string;
  readonly message: string;
  readonly ask: string;
  readonly detail?: string | undefined;
  readonly steps: readonly EventStep[];
  readonly correlationId?: string;
  readonly vaultRequestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The refusal closed a volume that was open. */
  readonly relocked?: true | undefined;
};

export type AgentEvent = SuccessEvent | FailureEvent;

export function isFailure(event: AgentEvent): event is FailureEvent {
  return "class" in event;
}
