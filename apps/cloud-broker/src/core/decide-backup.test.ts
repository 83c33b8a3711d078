import { describe, expect, test } from "vitest";

import { type BackupDecision, decideBackup } from "./decide-backup.ts";
import type { Failure } from "./ports.ts";
import { meaningOf, nextStanding, type PrimaryStanding } from "./primary-standing.ts";

const WORKING: PrimaryStanding = { kind: "working" };
const DISABLED: Failure = { code: "SsemUserErrorEncryptionKeyDisabled" };
const DENIED: Failure = { code: "SsemUserErrorKeyVaultBadRequestException", reason: "role" };
const DELETED: Failure = {
  code: "SsemUserErrorKeyDetailsNotFound",
  reason: "key-deleted-recoverable",
};
const SILENT: Failure = { code: "KeyVaultUnreachable", reason: "timeout" };
const THROTTLED: Failure = { code: "KeyVaultThrottled" };
const AFTER_SECONDS = 900;

type Event = Failure | "works";
/**
 * Decides at each failure's second, and returns the last decision.
 *
 * @param orderedAfter - the backup is ordered after so many of the events
 */
function decided(
  events: readonly (readonly [number, Event])[],
  orderedAfter?: number,
): BackupDecision | undefined {
  let standing = WORKING;
  let decision: BackupDecision | undefined;
  let orderedForMs: number | undefined;
  for (const [index, [atSeconds, event]] of events.entries()) {
    if (event === "works") {
      standing = WORKING;
      continue;
    }
    const nowMs = atSeconds * 1000;
    standing = nextStanding(standing, event, nowMs);
    if (index + 1 === orderedAfter && standing.kind !== "working") orderedForMs = standing.sinceMs;
    decision = decideBackup(event, { standing, orderedForMs, afterSeconds: AFTER_SECONDS, nowMs });
  }
  return decision;
}

describe("a backup key", () => {
  test.each<
    readonly [
      string,
      readonly (readonly [number, Event])[],
      BackupDecision["kind"],
      BackupDecision["kind"],
    ]
  >([
    ["is not used at the first failure", [[0, SILENT]], "wait", "use"],
    [
      "waits for the whole bound",
      [
        [0, SILENT],
        [899, SILENT],
      ],
      "wait",
      "use",
    ],
    [
      "is used after the bound",
      [
        [0, SILENT],
        [900, SILENT],
      ],
      "use",
      "use",
    ],
    [
      "waits again after a successful use",
      [
        [0, SILENT],
        [800, "works"],
        [900, SILENT],
      ],
      "wait",
      "use",
    ],
    [
      "waits again after any answer of the vault",
      [
        [0, SILENT],
        [800, THROTTLED],
        [900, SILENT],
      ],
      "wait",
      "use",
    ],
    ["never replaces a disabled key", [[0, DISABLED]], "never", "never"],
    ["never replaces a key whose permission was removed", [[0, DENIED]], "never", "never"],
    [
      "never replaces a key that refused and then did not answer",
      [
        [0, DISABLED],
        [1, SILENT],
        [90_000, SILENT],
      ],
      "never",
      "never",
    ],
    [
      "never replaces a key that did not answer and then refused",
      [
        [0, SILENT],
        [901, DENIED],
        [902, SILENT],
      ],
      "never",
      "never",
    ],
    [
      "asks a person about a deletion",
      [
        [0, DELETED],
        [90_000, DELETED],
      ],
      "ask",
      "use",
    ],
    [
      "asks a person about a deletion followed by silence",
      [
        [0, DELETED],
        [90_000, SILENT],
      ],
      "ask",
      "use",
    ],
    [
      "is a person's to allow when a withdrawn key was then deleted",
      [
        [0, DISABLED],
        [1, DELETED],
      ],
      "ask",
      "use",
    ],
    ["has no part in a throttled vault", [[0, THROTTLED]], "never", "never"],
    [
      "has no part in our own faults",
      [
        [0, SILENT],
        [901, { code: "BrokerBusy" }],
      ],
      "never",
      "never",
    ],
    [
      "has no part in an outage of Entra",
      [
        [0, SILENT],
        [901, { code: "IdentityProviderUnreachable" }],
      ],
      "never",
      "never",
    ],
  ])("%s", (_name, events, byItself, byOrder) => {
    expect(decided(events)?.kind).toBe(byItself);
    expect(decided(events, events.length)?.kind).toBe(byOrder);
  });

  test.each<readonly [string, readonly (readonly [number, Event])[]]>([
    [
      "a deletion that came later",
      [
        [0, SILENT],
        [20, DELETED],
      ],
    ],
    [
      "a later deletion after a refusal",
      [
        [0, SILENT],
        [15, DISABLED],
        [20, DELETED],
      ],
    ],
    [
      "another deletion",
      [
        [0, DELETED],
        [15, "works"],
        [20, DELETED],
      ],
    ],
    [
      "a deletion that seems older, since the clock was set back",
      [
        [100, SILENT],
        [20, DELETED],
      ],
    ],
  ])("is not used by an order from before %s", (_name, events) => {
    expect(decided(events, 1)).toEqual({ kind: "ask" });
    expect(decided(events, events.length)).toEqual({ kind: "use" });
  });

  test("says from when on it is used", () => {
    expect(decided([[10, SILENT]])).toEqual({ kind: "wait", fromMs: 910_000 });
  });
});

test.each<readonly [Failure, ReturnType<typeof meaningOf>]>([
  [{ code: "SsemUserErrorEncryptionKeyExpired" }, "refused"],
  [{ code: "KeyNotYetValid" }, "refused"],
  [{ code: "SsemUserErrorUserAssignedIdentityAbsent" }, "refused"],
  [{ code: "SsemUserErrorKekUserIdentityNotFound" }, "refused"],
  [{ code: "UnlockRevoked" }, "refused"],
  [{ code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "tenant-moved" }, "refused"],
  [{ code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "vault-not-found" }, "gone"],
  [{ code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "vault-deleted-recoverable" }, "gone"],
  [{ code: "SsemUserErrorKeyDetailsNotFound", reason: "key-purged" }, "gone"],
  [{ code: "KeyVaultUnexpectedAnswer" }, "unreachable"],
  [{ code: "KeyVersionMismatch" }, "other"],
  [{ code: "PasskeyUnavailable" }, "other"],
  [{ code: "InternalError" }, "other"],
])("%o means %s", (failure, meaning) => {
  expect(meaningOf(failure)).toBe(meaning);
});
