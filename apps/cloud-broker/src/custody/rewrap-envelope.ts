import { type Envelope, replaceRecipients } from "@databox-cmk/crypto";
import { ERRORS } from "@databox-cmk/errors";

import { failed } from "../core/failed.ts";
import { parseKeyUrl } from "../core/key-url.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import type { CurrentKey } from "./current-key.ts";
import { type BackupDependencies, openByBackup } from "./open-by-backup.ts";
import { type Use, type Used, unwrapWith, type Wrapping } from "./unwrap-with.ts";
import { atVersion, type KnownKeys, usableKeyOf, type UsableKey } from "./usable-key.ts";
import { wrapContentKey } from "./wrap-content-key.ts";

/**
 * Moves one envelope to another key: unwrap old → wrap new → unwrap new → compare. Its other
 * recipients, the backup keys, stay as they are: they wrap the same content key. It writes only the
 * record of a backup's use.
 *
 * Our own rules do not apply to the old key: an expired one still unwraps (Key Vault allows it for
 * recovery), and moving away from it is the cure.
 *
 * @returns the new envelope, or undefined when it is already wrapped to that version and the new
 * identity can open it
 */
export async function rewrapEnvelope(
  deps: BackupDependencies,
  current: CurrentKey,
  next: { readonly usable: UsableKey; readonly kid: string },
  wrapping: Wrapping,
): Promise<Outcome<Envelope | undefined>> {
  const { envelope, kid } = wrapping;
  if (kid === next.kid) {
    const opened = await unwrapWith(deps, next.usable, wrapping, () => undefined);
    return opened.ok ? { ok: true, value: undefined } : opened;
  }
  const wrapped = await unwrapOld(deps, current, next.usable, wrapping, (contentKey) =>
    wrapContentKey(deps, next.usable, next.kid, contentKey),
  );
  if (!wrapped.ok) return wrapped;
  const { result } = wrapped.value;
  if (!result.ok) return result;
  const recipient = { kid: next.kid, encryptedKey: result.value };
  const others = envelope.recipients.filter((other) => other.kid !== kid && other.kid !== next.kid);
  return { ok: true, value: replaceRecipients(envelope, [recipient, ...others]) };
}

/**
 * Unwraps by the current identity, or by the new one if that identity is gone: both are the
 * order's own. If the key is lost, a backup key may open the envelope, which is how an order moves
 * away from a lost vault.
 */
async function unwrapOld<T>(
  deps: BackupDependencies,
  current: CurrentKey,
  next: UsableKey,
  wrapping: Wrapping,
  use: Use<T>,
): Promise<Outcome<Used<T>>> {
  const chosen = usableKeyOf(deps, current, current.identities, current.choice);
  const old = chosen.ok ? atVersion(chosen.value, wrapping.kid, deps.keyVaultSuffixes) : chosen;
  const opened = old.ok ? await unwrapWith(deps, old.value, wrapping, use) : old;
  if (opened.ok) return opened;
  const isSilent = ERRORS[opened.failure.code].class === "unreachable";
  const successor = isSilent ? undefined : successorOf(deps, current, next, wrapping.kid);
  const reopened =
    successor === undefined ? opened : await unwrapWith(deps, successor, wrapping, use);
  if (reopened.ok) return reopened;
  const byBackup = await openByBackup(deps, current, wrapping.envelope, opened.failure, use);
  return byBackup.ok ? byBackup : failed(ofOldKey(byBackup.failure));
}

/**
 * The new identity on the old key: a key whose identity was replaced may be granted to the new one,
 * and must not be lost.
 */
function successorOf(
  { keyVaultSuffixes }: Pick<KnownKeys, "keyVaultSuffixes">,
  { choice }: CurrentKey,
  next: UsableKey,
  kid: string,
): UsableKey | undefined {
  if (choice.kekType === "MicrosoftManaged" || next.owner === "service") return undefined;
  const key = parseKeyUrl(choice.kekUrl, keyVaultSuffixes);
  if (!key.ok) return undefined;
  const vaultResourceId = choice.kekVaultResourceId;
  const successor = atVersion({ ...next, key: key.value, vaultResourceId }, kid, keyVaultSuffixes);
  return successor.ok ? successor.value : undefined;
}

function ofOldKey(failure: Failure): Failure {
  const detail = `the current key must be usable to move away from it${failure.detail === undefined ? "" : ` (${failure.detail})`}`;
  return { ...failure, detail };
}
