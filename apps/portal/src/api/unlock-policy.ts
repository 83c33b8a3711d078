import {
  UNLOCK_POLICY_CALLS,
  type UnlockPolicy,
  type UnlockPolicyView,
} from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/** A policy, and the tag that proves to a write that its author has seen it. */
export type TaggedPolicy = { readonly view: UnlockPolicyView; readonly tag: string | undefined };

export async function readUnlockPolicy(
  client: Client,
  params: OrderName,
  signal?: AbortSignal,
): Promise<TaggedPolicy> {
  const { value, tag } = await client.callTagged(UNLOCK_POLICY_CALLS.read, { params, signal });
  return { view: value, tag };
}

/**
 * Writes the whole policy.
 *
 * @param tag - of the policy that was seen; the write is refused if another one is in force.
 * @param acceptsUnknown - also approvers whose right cannot be looked up
 */
export async function writeUnlockPolicy(
  client: Client,
  params: OrderName,
  policy: UnlockPolicy,
  { tag, acceptsUnknown }: { readonly tag: string | undefined; readonly acceptsUnknown: boolean },
): Promise<TaggedPolicy> {
  const written = await client.callTagged(UNLOCK_POLICY_CALLS.write, {
    params,
    body: bodyOf(policy, acceptsUnknown),
    ifMatch: tag,
  });
  return { view: written.value, tag: written.tag };
}

const bodyOf = (policy: UnlockPolicy, acceptsUnknown: boolean) =>
  acceptsUnknown ? { ...policy, acceptUnknownApprovers: true } : policy;

/** Begins an Owner's override: later the same policy can be written without approvals. */
export function overridePolicy(
  client: Client,
  params: OrderName,
  wanted: {
    readonly reason: string;
    readonly policy: UnlockPolicy;
    readonly acceptsUnknown: boolean;
  },
) {
  const { reason, policy, acceptsUnknown } = wanted;
  const body = { reason, policy: bodyOf(policy, acceptsUnknown) };
  return client.call(UNLOCK_POLICY_CALLS.override, { params, body });
}
