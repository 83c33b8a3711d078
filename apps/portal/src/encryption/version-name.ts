import type { KeyVersion } from "../api/vault-keys.ts";

/** A version in a list: its digits, and whether it is disabled. */
export function versionName({ version, isEnabled }: KeyVersion, disabled: string): string {
  return isEnabled ? version : `${version} (${disabled})`;
}
