import { JOB_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { KeyChange } from "../core/key-choice.ts";
import type { Client } from "./client.ts";

/** Every check of a candidate key and its identity, in order; the order does not change. */
export function checkKey(
  client: Client,
  params: OrderName,
  { identity, properties }: KeyChange,
  signal: AbortSignal,
) {
  const body = { ...properties.details, identity };
  return client.call(JOB_CALLS.validateKey, { params, body, signal });
}
