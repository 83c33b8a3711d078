import { AppError } from "@databox-cmk/errors";

import type { StoredPolicy } from "./read-unlock-policy.ts";

/**
 * Entity tag: changes with every write, and differs for an order that was deleted and created
 * again.
 */
export function policyTagOf(stored: StoredPolicy | undefined): string {
  return stored === undefined
    ? '"default"'
    : `"${stored.changedAtMs.toString(16)}-${String(stored.revision)}"`;
}

/**
 * If-Match (RFC 9110 §13.1.1): `*`, or a list that holds the policy's entity tag.
 *
 * @throws {AppError} `PreconditionFailed`
 */
export function requirePolicyMatch(
  stored: StoredPolicy | undefined,
  ifMatch: string | undefined,
): void {
  const wanted = new Set((ifMatch ?? "").split(",").map((tag) => tag.trim()));
  if (["", "*", policyTagOf(stored)].some((tag) => wanted.has(tag))) return;
  throw new AppError("PreconditionFailed", {
    target: "If-Match",
    detail: "the unlock policy has changed since it was read",
  });
}
