import { asciiLowerCase } from "@databox-cmk/protocol";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { Clock, Outcome, ResourceReader } from "../core/ports.ts";

const MAX_AGE_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/**
 * Caches Resource Manager's answers for a minute: a campaign reads one vault for each of its
 * orders, and Resource Manager allows a few hundred reads a minute. Failures are not cached.
 */
export function rememberResources(reader: ResourceReader, now: Clock): ResourceReader {
  function remember<Value>(
    read: (id: string) => Promise<Outcome<Value>>,
  ): (id: string) => Promise<Outcome<Value>> {
    const known = new LeastRecentlyUsed<string, { atMs: number; answer: Promise<Outcome<Value>> }>(
      MAX_REMEMBERED,
    );
    return (id) => {
      const key = asciiLowerCase(id);
      const found = known.get(key);
      if (found !== undefined && now() - found.atMs < MAX_AGE_MS) return found.answer;
      const answer = read(id).then((outcome) => {
        if (!outcome.ok) known.deleteWhere((each) => each === key);
        return outcome;
      });
      known.set(key, { atMs: now(), answer });
      return answer;
    };
  }
  return {
    vault: remember((id) => reader.vault(id)),
    storageAccountLocation: remember((id) => reader.storageAccountLocation(id)),
    deletedVault: (subscriptionId, location, name) =>
      reader.deletedVault(subscriptionId, location, name),
  };
}
