import type { CommandDependencies } from "../node/dependencies.ts";
import { tryPasskey } from "./try-passkey.ts";

/**
 * Whether this is the passkey, without opening the volume: for a person who signs in.
 *
 * @throws {AppError} as `tryPasskey`
 */
export function provePasskey(
  passkey: Uint8Array,
  dependencies: CommandDependencies,
): Promise<void> {
  return tryPasskey(passkey, "test", dependencies, async ({ store, journal }) => {
    store.update({ journalHead: journal.append("signed-in") });
  });
}
