import { withoutUndefined } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { parseJson } from "./classify-vault-answer.ts";
import type { Failure } from "./ports.ts";

const ENVELOPE = z.object({
  error: z.object({ code: z.string().check(z.regex(/^[A-Za-z_]{1,128}$/)) }),
});
const ABSENT = new Set([
  "ResourceNotFound",
  "ResourceGroupNotFound",
  "ParentResourceNotFound",
  "NotFound",
  "DeletedVaultNotFound",
  // Microsoft Graph's.
  "Request_ResourceNotFound",
]);
const HIDDEN = new Set([
  "AuthorizationFailed",
  "LinkedAuthorizationFailed",
  "SubscriptionNotFound",
  "InvalidAuthenticationTokenTenant",
  "Forbidden",
  "Authorization_RequestDenied",
]);

/** Refusals that last until a person acts, by Resource Manager's own code. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^ScopeLocked$/, "lock"],
  [/^RequestDisallowedBy/, "policy"],
  [/Quota|LimitExceeded/, "quota"],
];
/** A conflict with another call, which ends by itself. */
const PASSES = /InProgress|^Concurrent|^Conflict$|^Throttl|^TooMany/;

/**
 * Interprets Resource Manager's refusal to show or change a resource. `absent`: it says that the
 * resource does not exist; `hidden`: we may not see it, or not write it. Any other answer proves
 * nothing about the resource; its reason says who must act.
 */
export function classifyResourceManagerAnswer(
  status: number,
  body: string,
  retryAfterSeconds?: number,
): "absent" | "hidden" | Failure {
  const envelope = ENVELOPE.safeParse(parseJson(body));
  const code = envelope.success ? envelope.data.error.code : undefined;
  if (status === 404 && code !== undefined && ABSENT.has(code)) return "absent";
  if (
    (status === 403 || status === 404 || status === 401) &&
    code !== undefined &&
    HIDDEN.has(code)
  )
    return "hidden";
  return {
    code: "ResourceManagerUnreachable",
    reason: reasonOf(status, code),
    detail: ["Resource Manager answered", status, code ?? "without a code"].join(" "),
    ...withoutUndefined({ retryAfterSeconds }),
  };
}

function reasonOf(status: number, code: string | undefined): string | undefined {
  if (status >= 500 || status === 408 || status === 412 || status === 429) return undefined;
  if (code === undefined || status < 400) return "unexpected";
  // Resource Manager answers 401 for the token alone, and the token is the broker's own.
  if (status === 401) return "token-refused";
  const [, reason] = REASONS.find(([pattern]) => pattern.test(code)) ?? [];
  return reason ?? (PASSES.test(code) ? undefined : "refused");
}
