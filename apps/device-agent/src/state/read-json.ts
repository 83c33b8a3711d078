import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { readPrivateFile } from "./read-private-file.ts";
import { unreadable } from "./state-error.ts";

/**
 * A private file of JSON, strictly parsed; `undefined` without one.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function readJson<Value>(path: string, schema: z.ZodMiniType<Value>): Value | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, "not JSON");
  }
  const parsed = parseWith(schema, value);
  if (!parsed.ok) throw unreadable(path, parsed.detail);
  return parsed.value;
}
