import { namesOf } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { EpochMs } from "./order.ts";
import type { CheckStatus } from "./ports.ts";

/** The steps of an unlock, in order; the vault's own calls have their request ids. */
const UNLOCK_STEPS = {
  received: "The broker received the device's message",
  signature: "The device's signature was verified",
  decision: "Nonce, counter, order, envelope, suite and purpose were checked",
  nonce: "The nonce was consumed",
  "get-key": "Key Vault was asked for the key",
  "key-rules": "The key may be used now: type, size, operations, enabled, dates",
  unwrap: "Key Vault unwrapped the content key",
  seal: "The content key was verified against the envelope and sealed to the device",
  record: "The decision was recorded in the audit trail",
  answered: "The signed answer was sent, after the record was durable",
  receipt: "The device reported what it did with the grant",
} as const;
type StepName = keyof typeof UNLOCK_STEPS;
const OTHER_TITLES: Readonly<Record<string, string>> = {
  "sign-in": "Entra ID was asked for a token",
  "get-deleted-key": "Key Vault was asked whether the key was deleted",
  wrap: "Key Vault wrapped a key",
};

const step = z.object({
  name: z.string(),
  afterMs: z.number(),
  elapsedMs: z.optional(z.number()),
  code: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
});
/** The members of an audit row that a timeline needs. */
export const tracedRow = z.object({
  action: z.string(),
  outcome: z.string(),
  code: z.optional(z.string()),
  reason: z.optional(z.string()),
  serial: z.optional(z.string()),
  kid: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
  correlationId: z.string(),
  detail: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  steps: z.optional(z.array(step)),
});
export type TracedRow = z.infer<typeof tracedRow>;

export type TimelineStep = {
  readonly name: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly atMs?: EpochMs;
  readonly afterMs?: number;
  readonly elapsedMs?: number | undefined;
  readonly vaultRequestId?: string | undefined;
  readonly detail?: string | undefined;
};
export type Receipt = { readonly atMs: EpochMs; readonly outcome: string };

/** When the message arrived: the row's own time minus the duration of the steps until then. */
export function receivedAt(row: TracedRow, recordedAtMs: EpochMs): EpochMs | undefined {
  const record = row.steps?.findLast(({ name }) => name === "record");
  return record === undefined ? undefined : recordedAtMs - record.afterMs;
}

/**
 * The whole course of one unlock: the completed steps with their times, the failed step, and the
 * steps that were not reached.
 *
 * @param receipt - the device's report about the grant; undefined until it arrives
 */
export function timelineOf(
  row: TracedRow,
  recordedAtMs: EpochMs,
  receipt: Receipt | undefined,
): readonly TimelineStep[] {
  const noted = row.steps ?? [];
  const startMs = receivedAt(row, recordedAtMs) ?? recordedAtMs;
  const done: TimelineStep[] = noted
    .filter(({ name }) => name !== "record")
    .map(({ name, afterMs, elapsedMs, code, vaultRequestId }) => ({
      name,
      title: titleOf(name),
      status: code === undefined ? "passed" : "failed",
      atMs: startMs + afterMs,
      afterMs,
      elapsedMs,
      vaultRequestId,
      detail: code,
    }));
  const unwrapAt = done.findIndex(({ name }) => name === "unwrap");
  if (unwrapAt !== -1) {
    const before: TimelineStep[] = [{ ...bare("key-rules"), status: "passed" }];
    if (!done.slice(0, unwrapAt).some(({ name }) => name === "get-key"))
      before.unshift({ ...bare("get-key"), status: "passed", detail: "read shortly before" });
    done.splice(unwrapAt, 0, ...before);
  }
  return [...done, ...notDone(row, done), ...ending(row, noted, recordedAtMs, receipt)];
}

/** The first step that is missing is the one that failed, unless a vault's own answer did. */
function notDone(row: TracedRow, done: readonly TimelineStep[]): readonly TimelineStep[] {
  if (row.outcome === "granted") return [];
  const names = new Set(done.map(({ name }) => name));
  const missing = STEPS_BEFORE_RECORD.filter((name) => !names.has(name));
  const failedAlready = done.some(({ status }) => status === "failed");
  return missing.map((name, index) =>
    index === 0 && !failedAlready
      ? { ...bare(name), status: "failed", detail: row.code }
      : { ...bare(name), status: "not-reached" },
  );
}

function ending(
  row: TracedRow,
  noted: NonNullable<TracedRow["steps"]>,
  recordedAtMs: EpochMs,
  receipt: Receipt | undefined,
): readonly TimelineStep[] {
  const record = noted.findLast(({ name }) => name === "record");
  const afterMs = record === undefined ? {} : { afterMs: record.afterMs };
  const recorded: readonly TimelineStep[] = [
    { ...bare("record"), status: "passed", atMs: recordedAtMs, ...afterMs },
    { ...bare("answered"), status: "passed", detail: `not before ${isoOf(recordedAtMs)}` },
  ];
  if (row.outcome !== "granted") return recorded;
  const last: TimelineStep =
    receipt === undefined
      ? { ...bare("receipt"), status: "not-reached", detail: "no receipt has come yet" }
      : {
          ...bare("receipt"),
          status: receipt.outcome === "failed" ? "failed" : "passed",
          atMs: receipt.atMs,
          detail: receipt.outcome,
        };
  return [...recorded, last];
}

const STEPS = namesOf(UNLOCK_STEPS);
const STEPS_BEFORE_RECORD = STEPS.slice(0, STEPS.indexOf("record"));

function bare(name: StepName): { readonly name: StepName; readonly title: string } {
  return { name, title: UNLOCK_STEPS[name] };
}

function titleOf(name: string): string {
  const steps: Readonly<Record<string, string>> = UNLOCK_STEPS;
  return steps[name] ?? OTHER_TITLES[name] ?? name;
}

function isoOf(milliseconds: EpochMs): string {
  return new Date(milliseconds).toISOString();
}
