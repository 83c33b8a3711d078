import { type ErrorCode, namesOf, withoutUndefined } from "@databox-cmk/errors";
import * as z from "zod/mini";

import { classifyNetworkFailure } from "./classify-network-failure.ts";
import { parseJson } from "./classify-vault-answer.ts";
import type { AttachedIdentity } from "./order.ts";
import type { Failure } from "./ports.ts";

/** How the last exchange with the token issuer ended, as the transport saw it. */
export type TokenEvidence =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly body: string;
      readonly retryAfterSeconds?: number | undefined;
    }
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
 * What the other AADSTS numbers mean: none is a decision on the order's identity. `entra` passes
 * without action; every other reason is a row of IdentityProviderUnreachable with its person.
 */
const NUMBERS = {
  // 501661: Entra could not fetch the keys that verify the broker's assertion. 50196: too many
  // equal requests.
  entra: [90006, 90012, 90024, 90033, 90055, 501661, 50196],
  // The assertion is not valid at Entra's time.
  clock: [500133, 700024],
  // The broker's issuer key is not published or cached, or its assertion has not the form.
  assertion: [50013, 50027, 500131, 700023, 700027, 700229, 7000272],
  // Conditional Access, a session that was revoked, an account or an assignment.
  blocked: [
    50020, 50034, 50053, 50057, 50076, 50079, 50105, 50158, 50173, 53000, 53001, 53002, 53003,
    53004, 530032, 530035,
  ],
  // Key Vault's principal in the tenant.
  resource: [65001, 65004, 500011, 500014, 650052],
  tenant: [500021, 5000211, 5000224],
  cloud: [900382, 900439],
} as const satisfies Record<string, readonly number[]>;
const REASONS: ReadonlyMap<number, keyof typeof NUMBERS> = new Map(
  namesOf(NUMBERS).flatMap((reason) => NUMBERS[reason].map((number) => [number, reason] as const)),
);

const ENTRA_ERROR = z.object({
  error: z.string().check(z.regex(/^[a-z_]{1,64}$/)),
  error_codes: z.array(z.number()).check(z.minLength(1), z.maxLength(16)),
  error_description: z.optional(z.string()),
});
const IMDS_ERROR = z.object({ error: z.literal("invalid_request") });
/** The statuses by which the metadata service says that it is busy or being updated. */
const IMDS_PASSES = new Set([404, 410, 429]);

/**
 * Uses status, `error` and AADSTS number; the description is only shown, for a number that no row
 * knows. An answer without these is not authoritative.
 */
export function classifyTokenFailure(evidence: TokenEvidence, holder: TokenHolder): Failure {
  const party = holder.kind === "broker" ? "imds" : "entra";
  if (evidence.kind === "network") return classifyNetworkFailure(evidence.code, party);
  const { status, body, retryAfterSeconds } = evidence;
  const unreachable = (reason: string, detail: string): Failure => ({
    code: "IdentityProviderUnreachable",
    reason,
    detail,
    ...withoutUndefined({ retryAfterSeconds }),
  });
  if (holder.kind === "broker") {
    const isOwn = status === 400 && IMDS_ERROR.safeParse(parseJson(body)).success;
    const passes = IMDS_PASSES.has(status) || status >= 500;
    return unreachable(
      isOwn ? "own-identity" : passes ? "imds" : "imds-answer",
      `instance metadata service answered ${status}`,
    );
  }
  const parsed = ENTRA_ERROR.safeParse(parseJson(body));
  const answered = `Microsoft Entra ID answered ${status}`;
  if (!parsed.success || status < 400 || status > 499) return unreachable("entra", answered);
  const { error, error_codes: numbers, error_description: words = "" } = parsed.data;
  const detail = `${answered} ${error} AADSTS${numbers.join(", AADSTS")}`;
  if (status === 429 || error === "temporarily_unavailable") return unreachable("entra", detail);
  const known = new Set(numbers.map((number) => REASONS.get(number)));
  const reason = namesOf(NUMBERS).find((name) => known.has(name));
  if (reason === "entra" || reason === "clock") return unreachable(reason, detail);
  // Only the broker's operator can repair a cluster without an identity; it says nothing about the
  // customer's key.
  if (holder.kind === "account") return unreachable("own-identity", detail);
  const final = numbers.map((number) => FINAL.get(number)).find((names) => names !== undefined);
  if (reason !== undefined) return unreachable(reason, detail);
  return final === undefined
    ? unreachable("entra-refused", `${detail}: ${ownWords(words)}`)
    : { ...final[holder.kind], detail };
}

/** The sentence alone: its number, trace and time follow or precede it. */
const ownWords = (description: string): string =>
  description
    .replace(/^AADSTS\d+: */, "")
    .split(/ *(?:Trace ID:|[\r\n])/, 1)
    .join("")
    .slice(0, 200);
