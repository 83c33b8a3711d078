import type { ErrorCode } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { classifyNetworkFailure } from "./classify-network-failure.ts";
import { parseJson } from "./classify-vault-answer.ts";
import type { AttachedIdentity } from "./order.ts";
import type { Failure } from "./ports.ts";

/** How the last exchange with the token issuer ended, as the transport saw it. */
export type TokenEvidence =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  | { readonly kind: "network"; readonly code?: string | undefined };

/**
 * The owner of the requested token. The broker gets its own token from IMDS (`broker`), or from
 * Entra for its service account in a cluster (`account`); an order gets one from Entra by
 * federation.
 */
export type TokenHolder = {
  readonly kind: "broker" | "account" | AttachedIdentity["kind"];
};

type Name = { readonly code: ErrorCode; readonly reason?: string | undefined };
type Names = Readonly<Record<AttachedIdentity["kind"], Name>>;

const GONE: Names = {
  system: { code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "identity-deleted" },
  user: { code: "SsemUserErrorKekUserIdentityNotFound" },
};
const FEDERATION_GONE: Names = {
  system: { code: "SsemUserErrorSystemAssignedIdentityAbsent", reason: "identity-deleted" },
  user: { code: "SsemUserErrorUserAssignedIdentityAbsent", reason: "federation-missing" },
};
const OTHER_TENANT: Names = {
  system: { code: "SsemUserErrorCrossTenantIdentityAccessForbidden" },
  user: { code: "SsemUserErrorCrossTenantIdentityAccessForbidden" },
};

/**
 * AADSTS numbers that are final for the identity (Entra authentication and authorization error
 * codes).
 */
const FINAL: ReadonlyMap<number, Names> = new Map([
  [700016, GONE], // application not found in the directory
  [7000229, GONE], // application without service principal in the tenant
  [7000112, GONE], // application disabled
  [70025, FEDERATION_GONE], // no federated identity credential at all
  [70021, FEDERATION_GONE], // no matching federated identity record
  [700211, FEDERATION_GONE], // … for the issuer
  [700212, FEDERATION_GONE], // … for the audience
  [700213, FEDERATION_GONE], // … for the subject
  [90002, OTHER_TENANT], // tenant not found
]);

/**
 * 501661: Entra could not fetch the keys that verify the broker's assertion, since their server is
 * unavailable.
 */
const TRANSIENT = new Set([90006, 90012, 90024, 90033, 90055, 501661]);

/** Entra cannot check the broker's assertion: its issuer key is not published or cached. */
const ASSERTION_REFUSED = new Set([50013, 700027, 7000272]);

/** The assertion is not valid at Entra's time: our clock is wrong, and no identity is. */
const CLOCK_DIFFERS = new Set([500133, 700024]);

const ENTRA_ERROR = z.object({
  error: z.string().check(z.regex(/^[a-z_]{1,64}$/)),
  error_codes: z.array(z.number()).check(z.minLength(1), z.maxLength(16)),
});

/**
 * Uses status, `error` and AADSTS number only, never the description. An answer without these is
 * not authoritative.
 */
export function classifyTokenFailure(evidence: TokenEvidence, holder: TokenHolder): Failure {
  const party = holder.kind === "broker" ? "imds" : "entra";
  if (evidence.kind === "network") return classifyNetworkFailure(evidence.code, party);
  const unreachable = (detail: string): Failure => ({
    code: "IdentityProviderUnreachable",
    reason: party,
    detail,
  });
  // Only the broker operator can repair a machine or a cluster without an identity; it says nothing
  // about the customer's key.
  if (holder.kind === "broker")
    return unreachable(`instance metadata service answered ${evidence.status}`);
  const parsed = ENTRA_ERROR.safeParse(parseJson(evidence.body));
  const answered = `Microsoft Entra ID answered ${evidence.status}`;
  if (!parsed.success || evidence.status < 400 || evidence.status > 499)
    return unreachable(answered);
  const { error, error_codes: numbers } = parsed.data;
  const detail = `${answered} ${error} AADSTS${numbers.join(", AADSTS")}`;
  if (
    evidence.status === 429 ||
    error === "temporarily_unavailable" ||
    numbers.some((number) => TRANSIENT.has(number))
  )
    return unreachable(detail);
  if (numbers.some((number) => CLOCK_DIFFERS.has(number)))
    return { code: "IdentityProviderUnreachable", reason: "clock", detail };
  if (holder.kind === "account") return unreachable(detail);
  if (numbers.some((number) => ASSERTION_REFUSED.has(number)))
    return { code: "IdentityProviderUnreachable", reason: "assertion", detail };
  const final = numbers.map((number) => FINAL.get(number)).find((names) => names !== undefined);
  return final === undefined
    ? { code: "PasskeyUnavailable", detail }
    : { ...final[holder.kind], detail };
}
