import { isErrorCode, knownReason, readableByFormer } from "@databox-cmk/errors";
import * as z from "zod/mini";

import type { Failure } from "./ports.ts";

const stored = z.object({
  code: z.string(),
  reason: z.optional(z.string()),
  facts: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
  detail: z.optional(z.string()),
  vaultRequestId: z.optional(z.string()),
});

/** Serialises a refusal for storage beside the record that it ended. */
export function renderFailureJson(failure: Failure): string {
  const { code, reason, facts, detail, vaultRequestId } = readableByFormer(failure);
  return JSON.stringify({ code, reason, facts, detail, vaultRequestId });
}

export function parseFailureJson(json: string | null): Failure | undefined {
  if (json === null) return undefined;
  const { code, ...failure } = stored.parse(JSON.parse(json));
  if (isErrorCode(code)) return { code, ...failure, reason: knownReason(code, failure.reason) };
  throw new TypeError(`a stored refusal has the unknown code ${code}`);
}
