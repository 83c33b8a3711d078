import type { RekeyRequest } from "@databox-cmk/protocol";

import { decideRenewal, type RenewalFacts } from "./decide-renewal.ts";
import { type SuiteFacts, suiteFailure } from "./decide-unlock.ts";
import { failed } from "./failed.ts";
import type { Failure, Outcome } from "./ports.ts";

export type RekeyFacts = Omit<RenewalFacts, "leaseOfPath"> &
  SuiteFacts & {
    /** Env of the node's current envelope; undefined before preparation and after erasure. */
    readonly env: string | undefined;
  };

/** A live lease is the permission: any reason to re-lock the node also refuses the rekeying. */
export function decideRekey(request: RekeyRequest, facts: RekeyFacts): Outcome<undefined> {
  const renewal = decideRenewal(request, { ...facts, leaseOfPath: request.lease });
  if (!renewal.ok) return renewal;
  if (renewal.value.kind === "relock") return failed(renewal.value.failure);
  const failure = checkEnvelope(request, facts) ?? suiteFailure(request.hpke.suite, facts);
  return failure === undefined ? { ok: true, value: undefined } : failed(failure);
}

function checkEnvelope(request: RekeyRequest, { env }: RekeyFacts): Failure | undefined {
  if (env === undefined) return { code: "SsemUserErrorSecretsNotGenerated" };
  if (request.env === env) return undefined;
  return { code: "EnvelopeMismatch", detail: "env: not the current envelope of this node" };
}
