import { AppError, decideNextStep } from "@databox-cmk/errors";
import type { CheckRow, CheckRun, Facts } from "@databox-cmk/errors";

import type { AgentEvent } from "./agent-event.ts";
import { ASK_AGAIN, type Cause, fillable, isFinal, stepAtNode } from "./cause.ts";
import { eventOfError, knownFacts } from "./failure-event.ts";
import type { Settings } from "./settings.ts";

export type ExaminedNode = {
  readonly stateDir: string;
  /** The settings, if they could be read. */
  readonly settings: Settings | undefined;
  /** The cause that the node itself knows (cause.ts). */
  readonly cause: Cause | undefined;
  readonly elapsedMs: number;
};

/**
 * The first failure is the event's own, with its code and exit code; without one the node can
 * unlock. A check of now says more than the last unlock, which is the last in the table.
 */
export function eventOfExamination(
  { checks, failure }: CheckRun,
  { stateDir, settings, elapsedMs, cause }: ExaminedNode,
): AgentEvent {
  const event = "doctor" as const;
  const node =
    settings === undefined ? {} : { node: settings.serial, volume: settings.volume.kind };
  const failed = checks.find(({ status }) => status === "failed")?.name;
  if (isFinal(cause) && failed === "last-unlock")
    return { ...cause, event, elapsedMs, checks, nextStep: stepAtNode(cause) };
  if (failure === undefined) {
    let nextStep = cause === undefined ? decideNextStep(undefined) : stepAtNode(cause);
    // The broker has just answered.
    if (cause?.code === "BrokerUnreachable") nextStep = { who: "site-operator", ...ASK_AGAIN };
    return { event, ...node, outcome: "healthy", elapsedMs, checks, cause, nextStep };
  }
  const { code, reason, detail } = failure;
  const known = knownFacts(stateDir, settings);
  const facts: Facts = { ...known, ...failure.facts };
  const context = { event, ...node, elapsedMs, known };
  const own = eventOfError(new AppError(code, { reason, detail, facts }), context);
  const filled = fillable(own);
  return {
    ...filled,
    checks,
    nextStep:
      filled === own ? decideNextStep({ ...failure, facts }, "site-operator") : stepAtNode(filled),
  };
}

const CLOSE_MS = 2_000;

/**
 * The difference between this machine's clock and the broker's. Only TLS uses it, for the dates of
 * certificates: leases use the monotonic clock, and an answer is proven by its signature and nonce.
 *
 * @param answeredMs - this machine's time in the middle of the exchange
 * @param brokerTime - ISO time in the challenge
 */
export function describeClock(answeredMs: number, brokerTime: string): string {
  const behindMs = Date.parse(brokerTime) - answeredMs;
  const use = "used for the dates of certificates only";
  if (Math.abs(behindMs) < CLOSE_MS) return `within 2 s of the broker's; ${use}`;
  return `${duration(Math.abs(behindMs))} ${behindMs > 0 ? "behind" : "ahead of"} the broker's; ${use}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${String(seconds)} s`;
  if (seconds < 7200) return `${String(Math.round(seconds / 60))} min`;
  if (seconds < 172_800) return `${String(Math.round(seconds / 3600))} h`;
  return `${String(Math.round(seconds / 86_400))} days`;
}

const PROXY_VARIABLES = new Set(["http_proxy", "https_proxy", "all_proxy", "no_proxy"]);

/**
 * The agent connects to its broker directly: a proxy that opens TLS would be an outsider with the
 * broker's name. Only names are shown, since such variables often hold a password.
 *
 * @param names - of all environment variables
 */
export function describeProxies(names: readonly string[]): string {
  const seen = names.filter((name) => PROXY_VARIABLES.has(name.toLowerCase())).toSorted();
  if (seen.length === 0) return "none; the broker is reached directly";
  return `${seen.join(", ")} ${seen.length === 1 ? "is" : "are"} set and ignored; the broker is reached directly`;
}

export type DoctorCheckName =
  | "state-folder"
  | "settings"
  | "device-key"
  | "boot"
  | "envelope"
  | "share"
  | "volume"
  | "proxy"
  | "name"
  | "connection"
  | "certificate"
  | "challenge"
  | "clock"
  | "last-unlock";

/** From the machine outwards: repair the first failure first. */
export const DOCTOR_CHECKS: readonly CheckRow<DoctorCheckName>[] = [
  { name: "state-folder", title: "state folder", after: [] },
  { name: "settings", title: "settings", after: ["state-folder"] },
  { name: "device-key", title: "device key", after: ["state-folder"] },
  { name: "boot", title: "boot id", after: ["settings"] },
  { name: "envelope", title: "envelope", after: ["settings"] },
  { name: "share", title: "device share", after: ["envelope"] },
  { name: "volume", title: "volume", after: ["settings"] },
  { name: "proxy", title: "proxy settings", after: [] },
  { name: "name", title: "broker's name", after: ["settings"] },
  { name: "connection", title: "connection", after: ["name"] },
  { name: "certificate", title: "certificate", after: ["connection"] },
  { name: "challenge", title: "broker's answer", after: ["certificate"] },
  { name: "clock", title: "clock", after: ["challenge"] },
  { name: "last-unlock", title: "last unlock", after: ["settings"] },
];
