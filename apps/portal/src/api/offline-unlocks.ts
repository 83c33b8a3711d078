import {
  offlineUnlockList,
  offlineUnlockPending,
  type OfflineUnlockResult,
  offlineUnlockResult,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { type OrderName, orderPart, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

const answer = z.union([offlineUnlockResult, offlineUnlockPending]);

export type Carried = { readonly challenge: string; readonly reason?: string | undefined };
export type OfflineAnswer =
  | { readonly kind: "granted"; readonly result: OfflineUnlockResult }
  | { readonly kind: "pending"; readonly answer: string; readonly retryAfterSeconds: number };

const DEFAULT_RETRY_SECONDS = 5;

/** Submits a carried challenge; submitting the same one again reads its state. */
export async function submitChallenge(
  client: Client,
  name: OrderName,
  carried: Carried,
): Promise<OfflineAnswer> {
  const path = orderPath(name, "/offlineUnlocks");
  const given = await client.read(path, answer, { method: "POST", body: carried });
  return "serial" in given
    ? { kind: "granted", result: given }
    : {
        kind: "pending",
        answer: given.answer,
        retryAfterSeconds: given.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS,
      };
}

export const readOfflineUnlocks = orderPart("/offlineUnlocks", offlineUnlockList);
