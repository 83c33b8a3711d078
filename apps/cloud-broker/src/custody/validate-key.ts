import { randomBytes } from "node:crypto";

import { zero } from "@databox-cmk/crypto";
import { withoutUndefined } from "@databox-cmk/errors";
import { resourceIdPattern } from "@databox-cmk/protocol";

import type { CustomerChoice } from "../core/backup-key.ts";
import { failed } from "../core/failed.ts";
import {
  type GatheredEvidence,
  KEY_CHECKS,
  type KeyCheckRow,
  type KeyEvidence,
  type StorageLocation,
} from "../core/key-checks.ts";
import { parseKeyUrl } from "../core/key-url.ts";
import type { Failure, KeyCheck, KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import { recoveryFacts } from "../core/recovery-facts.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import { describeFailure } from "./describe-failure.ts";
import type { VaultAccess } from "./key-reader.ts";
import { customerKeyOf, identityOf, type UsableKey } from "./usable-key.ts";
import { wrapContentKey } from "./wrap-content-key.ts";

export type ValidateDependencies = Pick<
  CustodyDependencies,
  "vaults" | "reader" | "resources" | "now" | "keyVaultSuffixes"
>;

/** Grows as rows request evidence; a row sees the evidence gathered until then. */
type Gathering = { -readonly [Member in keyof KeyEvidence]: KeyEvidence[Member] };

/** A backup should be in another region, in case that one region is lost. */
export const BACKUP_CHECKS = KEY_CHECKS.filter(({ name }) => name !== "vault-region");

/**
 * Runs the table of checks, gathering evidence as rows request it; the first failure ends the run.
 */
export async function validateKey(
  deps: ValidateDependencies,
  subject: KeySubject,
  choice: CustomerChoice,
  rows: readonly KeyCheckRow[] = KEY_CHECKS,
): Promise<KeyValidation> {
  const { now } = deps;
  const keyUrl = parseKeyUrl(choice.kekUrl, deps.keyVaultSuffixes);
  const identity = identityOf(subject.order, subject.identities, choice.identity);
  const { order, location, identities } = subject;
  const at = { order, location };
  const usable = customerKeyOf(deps.keyVaultSuffixes, at, identities, choice);
  const evidence: Gathering = {
    nowMs: now(),
    tenantId: subject.tenantId,
    keyUrl,
    vaultResourceId: choice.kekVaultResourceId,
    vaultNameInResourceId: vaultNameOf(choice.kekVaultResourceId),
    identity,
  };
  const checks: KeyCheck[] = [];
  let failure: Failure | undefined;
  for (const row of rows) {
    if (failure !== undefined) {
      checks.push({ name: row.name, status: "not-reached" });
      continue;
    }
    const startedMs = now();
    if (usable.ok)
      for (const need of row.needs)
        if (evidence[need] === undefined)
          Object.assign(evidence, await gather(deps, subject, usable.value, evidence, need));
    const verdict = row.decide(evidence);
    const elapsedMs = now() - startedMs;
    if (verdict === "passed") checks.push({ name: row.name, status: "passed", elapsedMs });
    else if ("unread" in verdict)
      checks.push({ name: row.name, status: "not-reached", unread: verdict.unread });
    else {
      failure = usable.ok
        ? describeFailure(verdict, usable.value)
        : nameChoice(verdict, subject, choice);
      checks.push({ name: row.name, status: "failed", elapsedMs, failure });
    }
  }
  return { checks, outcome: outcomeOf(evidence, failure) };
}

/** Adds the names in the customer's choice, as far as they can be read. */
function nameChoice(failure: Failure, subject: KeySubject, choice: CustomerChoice): Failure {
  const names = recoveryFacts({ id: subject.order, key: choice, identities: subject.identities });
  const vaultName = vaultNameOf(choice.kekVaultResourceId);
  return {
    ...failure,
    facts: {
      ...names,
      // The step that corrects the scheme shows it; the customer chooses the other URLs.
      keyUrl: choice.kekUrl.replace(/^[a-z][a-z0-9+.-]*:/i, "https:"),
      ...withoutUndefined({ vaultName }),
      ...failure.facts,
    },
  };
}

function outcomeOf({ key }: KeyEvidence, failure: Failure | undefined): KeyValidation["outcome"] {
  if (failure !== undefined) return failed(failure);
  if (key?.ok !== true) throw new Error("a key passed its checks without having been read");
  return { ok: true, value: { kid: key.value.kid } };
}

/** The I/O behind one kind of evidence. */
async function gather(
  deps: ValidateDependencies,
  subject: KeySubject,
  usable: UsableKey,
  evidence: KeyEvidence,
  need: GatheredEvidence,
): Promise<Partial<KeyEvidence>> {
  switch (need) {
    case "signIn":
      return { signIn: await deps.vaults.signIn(usable.identity) };
    case "vault":
      return { vault: await deps.resources.vault(usable.vaultResourceId ?? "", subject.tenantId) };
    case "key":
      return { key: await deps.reader.read(usable) };
    case "storageLocations":
      if (evidence.vault?.ok === false && hasNoAnswer(evidence.vault.failure))
        return { storageLocations: evidence.vault };
      return { storageLocations: await readLocations(deps.resources, subject) };
    case "roundTrip":
      return evidence.key?.ok === true
        ? { roundTrip: await proveRoundTrip(deps, usable, evidence.key.value.kid) }
        : {};
  }
}

/** Resource Manager, or the sign-in there, was waited for once; a second wait ends no better. */
const hasNoAnswer = ({ code, reason }: Failure): boolean =>
  code === "IdentityProviderUnreachable" || reason === "timeout";

async function readLocations(
  resources: CustodyDependencies["resources"],
  { storageAccountIds, tenantId }: KeySubject,
): Promise<Outcome<readonly StorageLocation[]>> {
  const locations: StorageLocation[] = [];
  for (const id of storageAccountIds) {
    const location = await resources.storageAccountLocation(id, tenantId);
    if (!location.ok) return location;
    locations.push({ id, location: location.value });
  }
  return { ok: true, value: locations };
}

/** Uses random bytes, so that no real key is at risk. */
async function proveRoundTrip(
  deps: VaultAccess,
  usable: UsableKey,
  kid: string,
): Promise<Outcome<undefined>> {
  const sample = randomBytes(32);
  try {
    const wrapped = await wrapContentKey(deps, usable, kid, sample);
    return wrapped.ok ? { ok: true, value: undefined } : wrapped;
  } finally {
    zero(sample);
  }
}

/** Resource Manager is called with this id, so each part of it keeps its rule. */
const VAULT_ID = resourceIdPattern("Microsoft.KeyVault/vaults", "vaultName");

const vaultNameOf = (resourceId: string): string | undefined =>
  VAULT_ID.test(resourceId) ? resourceId.slice(resourceId.lastIndexOf("/") + 1) : undefined;
