import type { VerifyKey } from "@databox-cmk/crypto";
import { type AppError, toAppError } from "@databox-cmk/errors";

import { askForBrokerKeys } from "../exchange/ask-for-broker-keys.ts";
import { isSplitNode } from "../share/describe-share.ts";
import { requireCustody } from "../share/unlock-key.ts";
import { bootClockMs } from "../state/boot.ts";
import type { Daemon } from "./daemon.ts";

/**
 * A rotation of the broker's keys waits until devices know the next one, so a day is soon enough.
 */
const ASK_EVERY_MS = 86_400_000;
const RETRY_MS = 300_000;
const ASK_TIMEOUT_MS = 5_000;
/** The codes of an answer that a pinned key signed, and that this node does not accept. */
const REJECTED: ReadonlySet<string> = new Set(["EnvelopeRejected", "GrantRejected"]);

/** Asks in the background when it is due: leases must not wait for it. */
export type BrokerKeysKeeper = {
  /** @returns if it asks now: resolves when that has ended, and never rejects */
  keep(stop: AbortSignal): Promise<void> | undefined;
};

/**
 * Keeps the pinned keys equal to the broker's signing keys: after a rotation, a pinned key signs
 * the message that carries the new ones.
 */
export function createBrokerKeysKeeper(
  daemon: Pick<Daemon, "session" | "folder" | "settings" | "state" | "journal">,
  pin: (keys: readonly VerifyKey[]) => void,
): BrokerKeysKeeper {
  const { session: sessionUntil, folder, settings, state, journal } = daemon;
  let dueAtMs = 0;
  let bug: AppError | undefined;
  const noted = new Set<string>();

  /** @returns the time until it asks again, in milliseconds */
  async function refresh(stop: AbortSignal): Promise<number> {
    const deadline = AbortSignal.any([stop, AbortSignal.timeout(ASK_TIMEOUT_MS)]);
    const session = sessionUntil(deadline);
    const { env = settings.env, generation: held } = state.read();
    const told = await askForBrokerKeys(session, { env, generation: held });
    const kids = told.keys.map(({ kid }) => kid);
    if (kids.join() === session.brokerKeys.map(({ kid }) => kid).join()) return ASK_EVERY_MS;
    const isKept = await state.change((store) => {
      const found = folder.readSettings();
      if (found === undefined) return false;
      const { current } = store;
      const { jws, generation, envelope } = told.envelope;
      // A re-key or an unlock beside this daemon came first: ask again.
      if (envelope.context.env !== (current.env ?? found.env)) return false;
      if (generation < current.generation) return false;
      requireCustody(isSplitNode(folder, found, current), told.envelope);
      const journalHead = journal().append("broker-keys", { kids: kids.join(" ") });
      // The envelope first: a key that is pinned now has signed it, so the order of the two writes
      // is safe.
      folder.writeEnvelope(jws);
      store.update({ generation, journalHead });
      folder.writeSettings({ ...found, brokerKeys: told.keys.map(({ jwk }) => jwk) });
      return true;
    });
    if (!isKept) return RETRY_MS;
    pin(told.keys);
    return 0; // So that the broker learns which keys are pinned here.
  }

  /** Once for each cause until an answer is accepted: the same may come with each question. */
  async function noteRejected(code: string): Promise<void> {
    if (noted.has(code)) return;
    await state.change((store) => {
      store.update({ journalHead: journal().append("broker-keys-rejected", { code }) });
    });
    noted.add(code);
  }

  /** The person at the appliance does not have to know about an outage here; a bug is thrown. */
  function keepBug(error: unknown): AppError {
    const failure = toAppError(error);
    if (failure.code === "InternalError") bug = failure;
    return failure;
  }

  async function ask(stop: AbortSignal): Promise<void> {
    let waitMs = RETRY_MS;
    try {
      waitMs = await refresh(stop);
      noted.clear();
    } catch (error) {
      const { code } = keepBug(error);
      // If the row cannot be written now, the next answer writes it.
      if (REJECTED.has(code)) await noteRejected(code).catch(keepBug);
    }
    dueAtMs = bootClockMs() + waitMs;
  }

  return {
    keep(stop) {
      if (bug !== undefined) throw bug;
      if (bootClockMs() < dueAtMs) return undefined;
      dueAtMs = Number.POSITIVE_INFINITY;
      return ask(stop);
    },
  };
}
