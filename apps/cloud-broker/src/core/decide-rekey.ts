import type { RekeyRequest } from "@databox-cmk/protocol";

import { decideRenewal, type RenewalFacts } from "./decide-renewal.ts";
import { failed } from "./failed.ts";
import type { Failure, Outcome } from "./ports.ts";

export type RekeyFacts = Omit<RenewalFacts, "leaseOfPath"> & {
  /** Env of the node's envelope in force; undefined before preparation and after erasure. */
  readonly env: string | undefined;
  readonly minimumSuiteStrength: number;
  readonly suite: { readonly strength: number; readonly publicKeyBytes: number };
  readonly publicKeyBytes: number;
};

/** A live lease is the permission: any reason to re-lock the node also refuses the rekeying. */
export function decideRekey(request: RekeyRequest, facts: RekeyFacts): Outcome<undefined> {
  const renewal = decideRenewal(request, { ...facts, leaseOfPath: request.lease });
  if (!renewal.ok) return renewal;
  if (renewal.value.kind === "relock") return failed(renewal.value.failure);
  const failure = checkEnvelope(request, facts) ?? checkSuite(request, facts);
  return failure === undefined ? { ok: true, value: undefined } : failed(failure);
}

function checkEnvelope(request: RekeyRequest, { env }: RekeyFacts): Failure | undefined {
  if (env === undefined) return { code: "SsemUserErrorSecretsNotGenerated" };
  if (request.env === env) return undefined;
  return { code: "EnvelopeMismatch", detail: "env: not the envelope in force of this node" };
}

function checkSuite({ hpke }: RekeyRequest, facts: RekeyFacts): Failure | undefined {
  const { suite, minimumSuiteStrength, publicKeyBytes } = facts;
  if (suite.strength < minimumSuiteStrength)
    return { code: "SuiteDowngrade", detail: "hpke.suite: weaker than the one that was enrolled" };
  if (publicKeyBytes !== suite.publicKeyBytes)
    return {
      code: "DeviceMessageMalformed",
      detail: `hpke.publicKey: expected ${String(suite.publicKeyBytes)} bytes for ${hpke.suite}`,
    };
  return undefined;
}
