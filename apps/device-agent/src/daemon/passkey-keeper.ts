import { type FailureEvent, isFailure } from "../core/agent-event.ts";
import { eventOfError } from "../core/failure-event.ts";
import { decidePasskeyOpening } from "../core/passkey-opening.ts";
import { bootClockMs } from "../state/boot.ts";
import type { AskForGrant } from "./ask-for-grant.ts";
import { closeUnrecorded, type Daemon, type Unlocked } from "./daemon.ts";

const CLOSE_RETRY_MS = 1_000;

/** @returns the latest time of the next call, in milliseconds */
export type PasskeyKeeper = { keep(lock: Unlocked): Promise<number> };

/**
 * Watches over a volume that a passkey opened. It requests a lease from the broker, as `unlock`
 * does, so that a signed refusal closes the volume like any other, and continues a request that
 * waits for approvers. It closes the volume when there was no authoritative answer for a day.
 */
export function createPasskeyKeeper(
  daemon: Omit<Daemon, "folder" | "settings" | "session">,
  askForGrant: AskForGrant,
): PasskeyKeeper {
  const { state, volume, moment, journal, context, report, nowIso } = daemon;
  let askedAtMs: number | undefined;
  let toldCode: string | undefined;

  /** The same failure is reported once. */
  function tell(event: FailureEvent): void {
    if (toldCode !== event.code || event.relocked === true) report(event);
    toldCode = event.code;
  }

  /** Undefined for a volume that has a lease. */
  function stepFor({ passkey, lease, bootId: unlockedIn }: Unlocked) {
    if (passkey === undefined || lease !== undefined) return undefined;
    return decidePasskeyOpening(passkey, unlockedIn, moment(), askedAtMs);
  }

  async function ask(): Promise<void> {
    try {
      const event = await askForGrant();
      if (isFailure(event)) tell(event);
      else {
        toldCode = undefined;
        report(event);
      }
    } catch (error) {
      tell(eventOfError(error, context()));
    }
    askedAtMs = bootClockMs();
  }

  async function close(): Promise<void> {
    const isClosed = await state.change(async (store) => {
      const { lock } = store.current;
      // An unlock beside this daemon came first, by the broker or by a passkey.
      if (lock.kind !== "unlocked" || stepFor(lock)?.kind !== "close") return false;
      await volume.close(lock.mapping);
      const why = { cause: "outage", code: "BrokerUnreachable" };
      const journalHead = journal().append("relocked", { by: "passkey", ...why });
      store.update({ journalHead, lock: { kind: "locked", since: nowIso() } });
      return true;
    });
    if (!isClosed) return;
    report({
      ...context(),
      outcome: "locked",
      notes: ["the passkey unlock has expired; the volume was locked"],
    });
  }

  return {
    async keep(lock) {
      const step = stepFor(lock);
      switch (step?.kind) {
        case undefined:
          return Number.POSITIVE_INFINITY;
        case "wait":
          return step.milliseconds;
        case "ask":
          await ask();
          return 0;
        case "close":
          try {
            await close();
            return 0;
          } catch (error) {
            tell(eventOfError(error, context()));
            await closeUnrecorded(daemon, error, (now) => stepFor(now)?.kind === "close");
            return CLOSE_RETRY_MS;
          }
      }
    },
  };
}
