import { type UnlockPolicy, type UnlockPolicyView, unlockPolicyView } from "@databox-cmk/protocol";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** A policy, and the tag that proves to a write that its author has seen it. */
export type TaggedPolicy = { readonly view: UnlockPolicyView; readonly tag: string | undefined };

export async function readUnlockPolicy(
  client: Client,
  name: OrderName,
  signal?: AbortSignal,
): Promise<TaggedPolicy> {
  const path = orderPath(name, "/unlockPolicy");
  const { value, tag } = await client.readTagged(path, unlockPolicyView, signal && { signal });
  return { view: value, tag };
}

/**
 * Writes the whole policy.
 *
 * @param tag - of the policy that was seen; the write is refused if another one is in force.
 */
export async function writeUnlockPolicy(
  client: Client,
  name: OrderName,
  policy: UnlockPolicy,
  tag: string | undefined,
): Promise<TaggedPolicy> {
  const written = await client.readTagged(orderPath(name, "/unlockPolicy"), unlockPolicyView, {
    method: "PUT",
    body: policy,
    ifMatch: tag,
  });
  return { view: written.value, tag: written.tag };
}
