import type { BrokerHealthView } from "@databox-cmk/protocol";

/**
 * The checks, in the order in which an outage is narrowed down, and their findings. Each finding
 * has a text and a next step.
 */
export type Findings = {
  readonly database: "ok" | "outdated" | "failed";
  readonly vaults: "answered" | "notAsked" | "silent";
  readonly probes: "onTime" | "late";
  readonly keys: "usable" | "unusable";
  readonly switches: "none" | "standing";
  readonly events: "few" | "many";
};
export type CheckOf<Name extends keyof Findings> = {
  readonly name: Name;
  /** `watch`: nothing is broken, but an operator should know. */
  readonly state: "good" | "watch" | "bad";
  readonly finding: Findings[Name];
  readonly figure: number;
};
export type BrokerCheck = { [Name in keyof Findings]: CheckOf<Name> }[keyof Findings];

/** A probe that is late by more than two rounds (30 s each) reports a revoked key too late. */
const PROBE_LATE_SECONDS = 60;
/** Events wait a moment before they are delivered; this many wait for an unavailable receiver. */
const EVENTS_MANY = 100;

/** Judges the broker's own figures. */
export function checkBroker(health: BrokerHealthView): readonly BrokerCheck[] {
  const unusable = health.keyHealth["unusable"] ?? 0;
  const standing = Object.values(health.revocations).reduce((sum, count) => sum + count, 0);
  const late = Math.round(health.probeOverdueSeconds);
  const events = health.webhookEventsWaiting;
  return [
    checkDatabase(health.database),
    checkVaults(health.vaults),
    late > PROBE_LATE_SECONDS
      ? { name: "probes", state: "bad", finding: "late", figure: late }
      : { name: "probes", state: "good", finding: "onTime", figure: late },
    unusable > 0
      ? { name: "keys", state: "watch", finding: "unusable", figure: unusable }
      : { name: "keys", state: "good", finding: "usable", figure: 0 },
    standing > 0
      ? { name: "switches", state: "watch", finding: "standing", figure: standing }
      : { name: "switches", state: "good", finding: "none", figure: 0 },
    events > EVENTS_MANY
      ? { name: "events", state: "watch", finding: "many", figure: events }
      : { name: "events", state: "good", finding: "few", figure: events },
  ];
}

function checkDatabase(database: string): BrokerCheck {
  const name = "database";
  if (database === "ok") return { name, state: "good", finding: "ok", figure: 0 };
  const finding = database === "outdated" ? "outdated" : "failed";
  return { name, state: "bad", finding, figure: 0 };
}

/** A vault that refuses has answered; an unanswered call counts only without a later answer. */
function checkVaults({
  lastAnswerAgeSeconds: answered,
  lastOutageAgeSeconds: silent,
}: BrokerHealthView["vaults"]): BrokerCheck {
  const name = "vaults";
  if (silent !== null && (answered === null || silent < answered))
    return { name, state: "bad", finding: "silent", figure: silent };
  if (answered === null) return { name, state: "good", finding: "notAsked", figure: 0 };
  return { name, state: "good", finding: "answered", figure: answered };
}
