import { AppError } from "@databox-cmk/errors";
import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

/** @throws {AppError} `LocalRequestMalformed` that names the wrong member, never its value */
export function parseBody<Value>(schema: z.ZodMiniType<Value>, body: unknown): Value {
  const parsed = parseWith(schema, body, "body");
  if (parsed.ok) return parsed.value;
  throw new AppError("LocalRequestMalformed", { reason: "body", detail: parsed.detail });
}
