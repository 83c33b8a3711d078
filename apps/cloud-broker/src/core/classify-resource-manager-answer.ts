import * as z from "zod/mini";

import { parseJson } from "./classify-vault-answer.ts";
import type { Failure } from "./ports.ts";

const ENVELOPE = z.object({
  error: z.object({ code: z.string().check(z.regex(/^[A-Za-z]{1,64}$/)) }),
});
const ABSENT = new Set([
  "ResourceNotFound",
  "ResourceGroupNotFound",
  "ParentResourceNotFound",
  "NotFound",
  "DeletedVaultNotFound",
]);
const HIDDEN = new Set([
  "AuthorizationFailed",
  "LinkedAuthorizationFailed",
  "SubscriptionNotFound",
  "InvalidAuthenticationTokenTenant",
  "Forbidden",
]);

/**
 * Interprets Resource Manager's refusal to show a resource. `absent`: it says that the resource
 * does not exist; `hidden`: we may not see it; any other answer is not authoritative.
 */
export function classifyResourceManagerAnswer(
  status: number,
  body: string,
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
    // Resource Manager answers 401 for the token alone, and the token is the broker's own.
    reason: status === 401 && code !== undefined ? "token-refused" : undefined,
    detail: ["Resource Manager answered", status, code ?? "without a code"].join(" "),
  };
}
