import { AppError, namesOf, systemCodeOf } from "@databox-cmk/errors";
import { addressKey, createRateLimit } from "@databox-cmk/http";
import pino from "pino";

import type { Clock } from "../core/ports.ts";
import type { PoolState } from "../store/store.ts";

/**
 * Every field that a log line may have. Nothing else can be logged, so that no secret, token,
 * personal address or message body gets into the log. Values are truncated, and values that a
 * sender chose are logged under `untrusted`.
 */
const FIELDS = {
  requestId: "trusted",
  method: "trusted",
  /** Pattern of the route, not the path, which holds names that customers chose. */
  route: "trusted",
  status: "trusted",
  elapsedMs: "trusted",
  code: "trusted",
  reason: "trusted",
  /** An unexpected error: its class and location, never the message's data. */
  error: "trusted",
  errorCode: "trusted",
  /** Connections to the database when it failed. */
  poolOpen: "trusted",
  poolIdle: "trusted",
  poolWaiting: "trusted",
  stack: "trusted",
  port: "trusted",
  url: "trusted",
  signal: "trusted",
  count: "trusted",
  vaultRequestId: "trusted",
  address: "untrusted",
  path: "untrusted",
  detail: "untrusted",
  serial: "untrusted",
  order: "untrusted",
} as const;

const ORDER = namesOf(FIELDS);

type LogFields = { readonly [Name in keyof typeof FIELDS]?: string | number | undefined };
export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, event: string, fields?: LogFields) => void;

const VALUE_MAX_CHARACTERS = 512;
const STACK_MAX_CHARACTERS = 4096;

/** @param write - takes whole lines of JSON; standard output by default. */
export function createLog(level: LogLevel | "silent", write?: (line: string) => void): Log {
  const options = {
    level,
    base: null,
    messageKey: "event",
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  const logger = write === undefined ? pino(options) : pino(options, { write });
  return (at, event, fields = {}) => {
    if (logger.isLevelEnabled(at)) logger[at](pickFields(fields), event);
  };
}

/**
 * The parts of an error that a log line may have: its class, a system's code, and its location; for
 * a named failure also its code, and the system's code of its cause.
 */
export function describeFault(fault: unknown): LogFields {
  if (!(fault instanceof Error)) return {};
  const isNamed = fault instanceof AppError;
  const cause = isNamed && fault.cause instanceof Error ? fault.cause : fault;
  return {
    code: isNamed ? fault.code : undefined,
    detail: isNamed ? fault.detail : undefined,
    error: cause.name,
    errorCode: systemCodeOf(cause),
    stack: stackOf(fault),
  };
}

/** Adds to the line of a failure that the database may have caused. */
export function describePool(pool: PoolState | undefined): LogFields {
  if (pool === undefined) return {};
  return { poolOpen: pool.open, poolIdle: pool.idle, poolWaiting: pool.waiting };
}

/** The location of the error. The first lines are the message, which may quote data. */
function stackOf(error: Error): string {
  return (error.stack ?? "")
    .split("\n")
    .filter((line) => line.trimStart().startsWith("at "))
    .slice(0, 12)
    .join("\n");
}

function pickFields(fields: LogFields): Record<string, unknown> {
  const trusted: Record<string, unknown> = {};
  const untrusted: Record<string, unknown> = {};
  for (const name of ORDER) {
    const value = fields[name];
    if (value === undefined) continue;
    const maxCharacters = name === "stack" ? STACK_MAX_CHARACTERS : VALUE_MAX_CHARACTERS;
    (FIELDS[name] === "trusted" ? trusted : untrusted)[name] =
      typeof value === "string" ? value.slice(0, maxCharacters) : value;
  }
  return Object.keys(untrusted).length === 0 ? trusted : { ...trusted, untrusted };
}

const LOG_EVERY_MS = 10_000;

/**
 * For events that any caller can cause as often as it likes: one line in ten seconds at most, with
 * the number of events since the start.
 */
export function createLogNowAndThen(
  log: Log,
  now: Clock,
  event: string,
): (fields?: LogFields) => void {
  let count = 0;
  let loggedAtMs = -Infinity;
  return (fields = {}) => {
    count += 1;
    if (now() - loggedAtMs < LOG_EVERY_MS) return;
    loggedAtMs = now();
    log("warn", event, { ...fields, count });
  };
}

/** Enough to see the kind of an attack, and to find a single request of an honest unauthenticated caller. */
export const UNAUTHENTICATED_LINES = {
  perAddress: { burst: 60, tokensPerSecond: 0.1 },
  /** All addresses of this process share it. */
  inSum: { burst: 600, tokensPerSecond: 1 },
};

/**
 * Log lines for requests of unproven callers, which cost their senders nothing: a budget for each
 * address, and one for all. Refusals beyond it are counted in one line in ten seconds, and in the
 * metrics.
 */
export function createUnauthenticatedLines(
  log: Log,
  now: Clock,
): {
  /** @returns whether a refusal may have a line of its own */ admit(address: string): boolean;
} {
  const ofAddress = createRateLimit({ ...UNAUTHENTICATED_LINES.perAddress, now });
  const ofAll = createRateLimit({ ...UNAUTHENTICATED_LINES.inSum, now });
  const count = createLogNowAndThen(log, now, "refusals without a line");
  return {
    admit(address) {
      if (ofAddress(addressKey(address)) === undefined && ofAll("all") === undefined) return true;
      count({ address });
      return false;
    },
  };
}
