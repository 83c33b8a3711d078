import { OFFLINE_UNLOCK_CALLS, type OfflineUnlockResult } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

export type Carried = { readonly challenge: string; readonly reason?: string | undefined };
export type OfflineAnswer =
  | { readonly kind: "granted"; readonly result: OfflineUnlockResult }
  | { readonly kind: "pending"; readonly answer: string; readonly retryAfterSeconds: number };

const DEFAULT_RETRY_SECONDS = 5;

/** Submits a carried challenge; submitting the same one again reads its state. */
export async function submitChallenge(
  client: Client,
  params: OrderName,
  body: Carried,
): Promise<OfflineAnswer> {
  const given = await client.call(OFFLINE_UNLOCK_CALLS.submit, { params, body });
  return "serial" in given
    ? { kind: "granted", result: given }
    : {
        kind: "pending",
        answer: given.answer,
        retryAfterSeconds: given.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS,
      };
}

export const readOfflineUnlocks = (client: Client, params: OrderName, signal?: AbortSignal) =>
  client.call(OFFLINE_UNLOCK_CALLS.list, { params, signal });
