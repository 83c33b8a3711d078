import type { IncomingMessage, RequestListener } from "node:http";

import { AppError, systemCodeOf } from "@databox-cmk/errors";
import { addressKey, type RateLimit } from "@databox-cmk/http";

import type { AppendAudit } from "../../audit/append-audit.ts";
import { type Auditing, note } from "../../audit/record.ts";
import type { UnauthenticatedRows } from "../../audit/unauthenticated-rows.ts";
import type { BrokerConfig } from "../../config/config.ts";
import type { Clock } from "../../core/ports.ts";
import { createHandler, type Served } from "../../http/express-adapter.ts";
import type { BrokenRequest } from "../../http/listen.ts";
import type { AuthenticateCaller, IdentifySession, ServedRoute } from "../../http/route.ts";
import { senderOf } from "../../http/sender-of.ts";
import type { Spans } from "../../http/spans.ts";
import { type Connection, type HeldSlot, releaseSlot } from "../../load/admission.ts";
import {
  createUnauthenticatedLines,
  describeFault,
  describePool,
  type Log,
} from "../../observability/log.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { Store } from "../../store/store.ts";
import type { Places } from "./places.ts";
import type { TurnAway } from "./turn-away.ts";

export type FrontDependencies = {
  readonly config: Pick<BrokerConfig, "ENTRA_AUTHORITY" | "TENANT_ID" | "ARM_URL"> &
    Partial<Pick<BrokerConfig, "AZURE_CLOUD" | "FORWARDED_FOR_FROM">>;
  /** Limits the requests of one address. */
  readonly limit: RateLimit;
  readonly places: Places;
  readonly turnAway: TurnAway;
  readonly routes: readonly ServedRoute[];
  readonly authenticate: AuthenticateCaller;
  readonly identify?: IdentifySession | undefined;
  readonly store: Store;
  readonly appendAudit: AppendAudit;
  readonly unauthenticatedRows: Pick<UnauthenticatedRows, "admit">;
  readonly now: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "served">;
  readonly spans: Spans;
};

/** A probe must not fail because its address is busy. */
const UNLIMITED = new Set(["/healthz", "/readyz"]);

/**
 * Work for a client that is gone keeps its place until it ends, or the place would soon be taken by
 * another that waits for the same database. Nothing takes so long; if it does, that is a bug, and
 * the place is worth more than the count.
 */
const ABANDONED_AFTER_MS = 60_000;

export type Front = {
  readonly handler: RequestListener;
  /**
   * Counts what Node's parser refused, within the limit of its address, and logs some of it.
   *
   * @returns what to answer
   */
  refuse(request: BrokenRequest): AppError;
  /** Resolves when the work for clients that are gone has ended; no connection waits for it. */
  idle(): Promise<void>;
};

/**
 * The route table behind the limit of each address, with a log line for each request; for those
 * whose sender proved nothing, within a budget.
 */
export function createFront(dependencies: FrontDependencies): Front {
  const { config, routes, authenticate, now, log, metrics, places, turnAway, store } = dependencies;
  const unauthenticatedLines = createUnauthenticatedLines(log, now);
  const addressOf = (message: IncomingMessage): string =>
    senderOf(message, config.FORWARDED_FOR_FROM);

  async function served(answered: Served): Promise<void> {
    releaseSlot();
    metrics.served(answered);
    if (!answered.isUnproven || unauthenticatedLines.admit(answered.request.address))
      logServed(log, answered, store);
    try {
      await auditDeviceFault(dependencies, answered);
    } catch (error) {
      // The message was refused already, and nothing depends on this row, so the answer does not
      // change.
      logFault(log, "audit failed", answered.request.requestId, error);
    }
  }

  const handler = createHandler(routes, {
    authenticate,
    identify: dependencies.identify,
    spans: dependencies.spans,
    cloud: config.AZURE_CLOUD,
    senderOf: addressOf,
    bearerChallenge: `Bearer authorization="${config.ENTRA_AUTHORITY}/${config.TENANT_ID}", resource="${config.ARM_URL}"`,
    admit(request, route) {
      if (route !== undefined && UNLIMITED.has(route.path)) return;
      const retryAfterSeconds = dependencies.limit(addressKey(request.address));
      if (retryAfterSeconds === undefined) return;
      throw new AppError(route?.authentication === "device" ? "RateLimited" : "TooManyRequests", {
        facts: { retryAfterSeconds },
      });
    },
    served,
    failed(fault, { requestId }) {
      logFault(log, "answering failed", requestId, fault);
    },
    ended: releaseSlot,
  });

  /** A proxy's connection has no owner, so none is remembered by it. */
  function connectionOf(message: IncomingMessage): Connection {
    const remoteAddress = addressOf(message);
    const { socket } = message;
    return remoteAddress === socket.remoteAddress ? socket : { remoteAddress };
  }

  const abandoned = new Set<Promise<void>>();

  function releaseLater(slot: HeldSlot): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    abandoned.add(promise);
    const overdue = setTimeout(() => {
      log("error", "work was abandoned");
      slot.release();
    }, ABANDONED_AFTER_MS);
    overdue.unref();
    slot.onceReleased(() => {
      clearTimeout(overdue);
      abandoned.delete(promise);
      resolve();
    });
  }

  return {
    handler(message, response) {
      const admission = places.of(message.url ?? "");
      if (admission === undefined) handler(message, response);
      else if (
        !admission.enter(connectionOf(message), (slot) => {
          response.once("close", () => {
            if (!slot.isReleased()) releaseLater(slot);
          });
          handler(message, response);
        })
      )
        turnAway.answer(message, response);
    },
    refuse({ requestId, address, status, error, cause }) {
      const retryAfterSeconds = dependencies.limit(addressKey(address));
      metrics.served({ route: undefined, status, elapsedMs: 0 });
      if (retryAfterSeconds !== undefined)
        return new AppError("TooManyRequests", { facts: { retryAfterSeconds } });
      if (!unauthenticatedLines.admit(address)) return error;
      log("info", "refused before a route", {
        requestId,
        status,
        code: error.code,
        errorCode: cause,
        address,
      });
      return error;
    },
    async idle() {
      await Promise.all(abandoned);
    },
  };
}

/**
 * A device message that was too long to be read has no hash and no sender, but it was refused and
 * leaves its row. All other device messages are audited where they are answered.
 */
async function auditDeviceFault(
  dependencies: Auditing & { readonly unauthenticatedRows: Pick<UnauthenticatedRows, "admit"> },
  { request: { address, requestId: correlationId }, failure }: Served,
): Promise<void> {
  const { unauthenticatedRows } = dependencies;
  if (failure?.code !== "DeviceMessageTooLarge" || !unauthenticatedRows.admit(address)) return;
  const context = { actor: { kind: "stranger", address }, correlationId } as const;
  await note(
    dependencies,
    { chain: "broker", action: "device-message", context },
    { outcome: "refused", code: "DeviceMessageTooLarge" },
  );
}

const PROBES: ReadonlySet<string | undefined> = new Set(["/healthz", "/readyz"]);

/**
 * One line per request, at level debug for a probe that finds nothing. An unexpected error is a bug
 * and is logged with its location; an outage of the database, with its code and the state of the
 * pool.
 */
function logServed(
  log: Log,
  { route, request, status, elapsedMs, failure }: Served,
  store: Store,
): void {
  const cause = failure?.code === "InternalError" ? failure.cause : undefined;
  const isOutage = failure?.code === "ServiceUnavailable";
  const isQuiet = status === 200 && PROBES.has(route?.path);
  log(cause !== undefined ? "error" : isQuiet ? "debug" : "info", "served", {
    ...describeFault(cause),
    ...(isOutage ? describePool(store.readPool?.()) : {}),
    // Not as undefined, which would hide the code of a fault.
    ...(isOutage ? { errorCode: systemCodeOf(failure.cause) } : {}),
    requestId: request.requestId,
    method: route?.method,
    route: route?.path,
    status,
    elapsedMs: Math.round(elapsedMs * 1000) / 1000,
    code: failure?.code,
    reason: failure?.reason,
    address: request.address,
    path: route === undefined ? request.path : undefined,
  });
}

/** A fault of the broker's own that no caller sees. */
function logFault(log: Log, event: string, requestId: string, fault: unknown): void {
  log("error", event, { requestId, ...describeFault(fault) });
}
