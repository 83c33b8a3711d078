import type { VaultHealth } from "../../azure/vault-health.ts";
import type { Clock } from "../../core/ports.ts";
import type { Route } from "../../http/route.ts";
import { readStoreHealth } from "../../store/store-health.ts";
import type { Store } from "../../store/store.ts";

export type HealthDependencies = {
  readonly store: Store;
  readonly vaultHealth: VaultHealth;
  readonly isClosing: () => boolean;
  readonly now: Clock;
};

/**
 * /healthz says that the process runs, and depends on nothing: a restart cures no outage. /readyz says whether to send
 * requests here; vaults are told of with their age but never make a replica unready, since they fail for all alike.
 */
export function createHealthRoutes(dependencies: HealthDependencies): readonly Route[] {
  const row = { method: "GET", authentication: "public", reads: "nothing" } as const;
  return [
    {
      ...row,
      path: "/healthz",
      handle: () => Promise.resolve({ status: 200, body: { json: { status: "ok" } } }),
    },
    { ...row, path: "/readyz", handle: () => readiness(dependencies) },
  ];
}

async function readiness({ store, vaultHealth, isClosing, now }: HealthDependencies) {
  const database = await readStoreHealth(store);
  const isReady = database === "ok" && !isClosing();
  return {
    status: isReady ? 200 : 503,
    body: {
      json: {
        status: isReady ? "ready" : "unavailable",
        closing: isClosing(),
        database,
        vaults: vaultHealth.report(now()),
      },
    },
  };
}
