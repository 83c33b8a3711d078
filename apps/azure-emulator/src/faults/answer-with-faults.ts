import { setTimeout as delay } from "node:timers/promises";

import { withoutUndefined } from "@databox-cmk/errors";

import { firstOfKind, type StruckEffect } from "../core/faults.ts";
import { type HttpAnswer, NO_ANSWER } from "../http/message.ts";

type StatusEffect = Extract<StruckEffect, { kind: "status" }>;

/** A body that no JSON parser accepts. */
const GARBAGE = "<html><body><h1>Bad Gateway</h1>\u0000\u0001";

/**
 * Applies the faults that struck an exchange: waits, refuses or breaks the connection before
 * `handle` runs, or spoils its answer.
 *
 * @param renderStatus - The service's own error body for an injected status, without the status and
 * Retry-After.
 */
export async function answerWithFaults(
  effects: readonly StruckEffect[],
  renderStatus: (effect: StatusEffect) => Omit<HttpAnswer, "status">,
  handle: () => Promise<HttpAnswer> | HttpAnswer,
): Promise<HttpAnswer> {
  if (effects.length === 0) return handle();
  await waitForLatency(effects);
  if (firstOfKind(effects, "connection-reset") !== undefined) return NO_ANSWER;
  const status = firstOfKind(effects, "status");
  const answer = status === undefined ? await handle() : withStatus(renderStatus(status), status);
  return spoil(answer, effects);
}

async function waitForLatency(effects: readonly StruckEffect[]): Promise<void> {
  let totalMs = 0;
  for (const effect of effects) if (effect.kind === "delay") totalMs += effect.ms;
  if (totalMs > 0) await delay(totalMs);
}

function withStatus(answer: Omit<HttpAnswer, "status">, effect: StatusEffect): HttpAnswer {
  return {
    ...answer,
    status: effect.status,
    headers: {
      ...answer.headers,
      ...withoutUndefined({ "retry-after": effect.retryAfterSeconds?.toString() }),
    },
  };
}

function spoil(answer: HttpAnswer, effects: readonly StruckEffect[]): HttpAnswer {
  if (firstOfKind(effects, "half-body") !== undefined) return { ...answer, transport: "half-body" };
  if (firstOfKind(effects, "garbage-body") !== undefined) return { ...answer, body: GARBAGE };
  const contentType = firstOfKind(effects, "wrong-content-type")?.contentType;
  if (contentType === undefined || answer.body === undefined) return answer;
  const body =
    typeof answer.body === "object" && !Buffer.isBuffer(answer.body)
      ? JSON.stringify(answer.body)
      : answer.body;
  return { ...answer, body, headers: { ...answer.headers, "content-type": contentType } };
}
