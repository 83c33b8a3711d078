import type { RequestListener } from "node:http";

import { AppError } from "@databox-cmk/errors";

import type { AppendAudit } from "./audit/append-audit.ts";
import type { BrokerConfig } from "./config.ts";
import type { Clock } from "./core/ports.ts";
import { createDeviceRoutes } from "./device/create-device-routes.ts";
import type { DeviceCustody } from "./device/device-dependencies.ts";
import type { BrokerKeys } from "./keys/broker-keys.ts";
import { markPrepared } from "./orders/mark-prepared.ts";
import { auditDeviceFault } from "./server/audit-device-fault.ts";
import { createHandler } from "./server/express-adapter.ts";
import { createHealthRoutes } from "./server/health.ts";
import { logServed } from "./server/log-served.ts";
import type { Log } from "./server/log.ts";
import { createRateLimit, type RateLimit } from "./server/rate-limit.ts";
import type { AuthenticateCaller, Route } from "./server/route.ts";
import type { VaultHealth } from "./server/vault-health.ts";
import type { Store } from "./store/open-store.ts";

export type BrokerDependencies = {
  readonly config: Pick<
    BrokerConfig,
    | "ENTRA_AUTHORITY"
    | "TENANT_ID"
    | "ARM_URL"
    | "LEASE_TTL_SECONDS"
    | "OUTAGE_GRACE_SECONDS"
    | "RATE_LIMIT_ADDRESS_PER_SECOND"
    | "RATE_LIMIT_DEVICE_PER_MINUTE"
  >;
  readonly store: Store;
  readonly keys: BrokerKeys;
  readonly custody: DeviceCustody;
  readonly vaultHealth: VaultHealth;
  readonly appendAudit: AppendAudit;
  readonly authenticate: AuthenticateCaller;
  /** Routes beside the device API and health: Resource Manager, operator, issuer. */
  readonly routes: readonly Route[];
  readonly isClosing: () => boolean;
  readonly now: Clock;
  readonly log: Log;
};

export type Broker = {
  readonly handler: RequestListener;
  /** Every row that is served. */
  readonly routes: readonly Route[];
};

/** Bursts of an address, in seconds of its rate. */
const ADDRESS_BURST_SECONDS = 5;

/** The broker as a request listener; nothing here opens, listens or reads the clock by itself. */
export function createBroker(dependencies: BrokerDependencies): Broker {
  const { config, store, keys, custody, appendAudit, now, log } = dependencies;
  const routes: readonly Route[] = [
    ...createHealthRoutes(dependencies),
    ...createDeviceRoutes({
      store,
      custody,
      keys,
      appendAudit,
      markPrepared,
      now,
      limit: limitOf(
        config.RATE_LIMIT_DEVICE_PER_MINUTE / 60,
        config.RATE_LIMIT_DEVICE_PER_MINUTE,
        now,
      ),
      leaseTtlSeconds: config.LEASE_TTL_SECONDS,
      outageGraceSeconds: config.OUTAGE_GRACE_SECONDS,
    }),
    ...dependencies.routes,
  ];
  const limitAddress = limitOf(
    config.RATE_LIMIT_ADDRESS_PER_SECOND,
    config.RATE_LIMIT_ADDRESS_PER_SECOND * ADDRESS_BURST_SECONDS,
    now,
  );
  const handler = createHandler(routes, {
    authenticate: dependencies.authenticate,
    bearerChallenge: `Bearer authorization="${config.ENTRA_AUTHORITY}/${config.TENANT_ID}", resource="${config.ARM_URL}"`,
    admit(request, route) {
      // A health probe must not fail because its address is busy.
      if (route?.path === "/healthz" || route?.path === "/readyz") return;
      const retryAfterSeconds = limitAddress(request.address);
      if (retryAfterSeconds === undefined) return;
      throw new AppError(route?.authentication === "device" ? "RateLimited" : "TooManyRequests", {
        facts: { retryAfterSeconds },
      });
    },
    async served(served) {
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
  return { handler, routes };
}

function limitOf(tokensPerSecond: number, burst: number, now: Clock): RateLimit {
  if (tokensPerSecond === 0) return () => undefined;
  return createRateLimit({ tokensPerSecond, burst, now });
}
