import type { RequestListener } from "node:http";

import { AppError } from "@databox-cmk/errors";
import { DEVICE_ROUTES } from "@databox-cmk/protocol";

import type { AppendAudit } from "../../audit/append-audit.ts";
import type { BrokerConfig } from "../../config/config.ts";
import type { Clock } from "../../core/ports.ts";
import { createHandler } from "../../http/express-adapter.ts";
import type { AuthenticateCaller, Route } from "../../http/route.ts";
import type { IdentifySession } from "../../http/route.ts";
import type { Spans } from "../../http/spans.ts";
import { addressKey } from "../../load/address-key.ts";
import { type Admission, createAdmission, leaveWork } from "../../load/admission.ts";
import type { LoopUtilization } from "../../load/loop-utilization.ts";
import { createRateLimit } from "../../load/rate-limit.ts";
import type { Log } from "../../observability/log.ts";
import type { Metrics } from "../../observability/metrics.ts";
import type { Store } from "../../store/store.ts";
import { auditDeviceFault } from "./audit-device-fault.ts";
import { logServed } from "./log-served.ts";
import { createTurnAway } from "./turn-away.ts";

export type FrontDependencies = {
  readonly config: Pick<
    BrokerConfig,
    | "ENTRA_AUTHORITY"
    | "TENANT_ID"
    | "ARM_URL"
    | "RATE_LIMIT_ADDRESS_PER_SECOND"
    | "MAX_REQUESTS_AT_WORK"
  >;
  readonly routes: readonly Route[];
  readonly authenticate: AuthenticateCaller;
  readonly identify?: IdentifySession | undefined;
  readonly store: Store;
  readonly appendAudit: AppendAudit;
  readonly now: Clock;
  readonly loopUtilization: LoopUtilization;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "served" | "turnedAway">;
  readonly spans: Spans;
};

/** Bursts of an address, in seconds of its rate. */
const BURST_SECONDS = 5;
/** A probe must not fail because its address is busy. */
const UNLIMITED = new Set(["/healthz", "/readyz"]);

/** Nor must a kill switch wait until there is less to do. */
const NEVER_TURNED_AWAY = /\/(?:healthz|readyz|revoke)(?:\?|$)/i;
const DEVICE_PLANE = "/device/";

/**
 * The route table behind the limit of each address, with a log line for each request. Devices have places of their own:
 * neither they nor people and programs can take those of the others. Challenges do too: they are nearly free, and whoever
 * has one comes back with a message that can be proven.
 */
export function createFront(dependencies: FrontDependencies): RequestListener {
  const { config, routes, authenticate, now, log, metrics } = dependencies;
  const limit = createRateLimit({
    tokensPerSecond: config.RATE_LIMIT_ADDRESS_PER_SECOND,
    burst: config.RATE_LIMIT_ADDRESS_PER_SECOND * BURST_SECONDS,
    now,
  });
  const turnAway = createTurnAway(dependencies);
  const openPlaces = () =>
    createAdmission({
      maxAtWork: config.MAX_REQUESTS_AT_WORK,
      utilization: dependencies.loopUtilization,
      noteTurnedAway: turnAway.note,
    });
  const [challenges, devices, others] = [openPlaces(), openPlaces(), openPlaces()];
  const admissionOf = (url: string): Admission => {
    if (url === DEVICE_ROUTES.challenges) return challenges;
    return url.startsWith(DEVICE_PLANE) ? devices : others;
  };
  const handler = createHandler(routes, {
    authenticate,
    identify: dependencies.identify,
    spans: dependencies.spans,
    bearerChallenge: `Bearer authorization="${config.ENTRA_AUTHORITY}/${config.TENANT_ID}", resource="${config.ARM_URL}"`,
    admit(request, route) {
      if (route !== undefined && UNLIMITED.has(route.path)) return;
      const retryAfterSeconds = limit(addressKey(request.address));
      if (retryAfterSeconds === undefined) return;
      throw new AppError(route?.authentication === "device" ? "RateLimited" : "TooManyRequests", {
        facts: { retryAfterSeconds },
      });
    },
    async served(served) {
      leaveWork();
      metrics.served(served);
      logServed(log, served);
      try {
        await auditDeviceFault(dependencies, served);
      } catch (error) {
        // The message was refused already, and nothing hangs on this row: the answer need not become another.
        log("error", "audit failed", {
          requestId: served.request.requestId,
          error: error instanceof Error ? error.name : "unknown",
        });
      }
    },
  });
  return (message, response) => {
    const { url = "" } = message;
    const serve = () => {
      handler(message, response);
    };
    if (NEVER_TURNED_AWAY.test(url)) serve();
    else if (!admissionOf(url).enter(message.socket, serve)) turnAway.answer(message, response);
  };
}
