import type { VaultHealth } from "../../azure/vault-health.ts";
import type { Clock } from "../../core/ports.ts";
import type { Answer, Route } from "../../http/route.ts";
import { readStoreHealth } from "../../store/store-health.ts";
import type { Store } from "../../store/store.ts";

export type HealthDependencies = {
  readonly store: Store;
  readonly vaultHealth: VaultHealth;
  readonly isClosing: () => boolean;
  /** Whether this process has no place for anybody, and nothing that would give one back. */
  readonly isStuck: () => boolean;
  readonly now: Clock;
};

/**
 * /healthz says that the process runs, and depends on nothing: a restart cures no outage. /readyz
 * says whether to send requests here. It reports vaults with the age of their last answer, but they
 * never make a replica unready, since they fail for all replicas alike. A process whose places are
 * all taken permanently can serve no request, so it is not ready.
 */
export function createHealthRoutes(dependencies: HealthDependencies): readonly Route[] {
  const row = { method: "GET", authentication: "public", reads: "nothing" } as const;
  let asked: Promise<Answer> | undefined;
  /** One check at a time for any number of callers, since this route needs no token. */
  const readiness = () => {
    asked ??= readReadiness(dependencies).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  return [
    {
      ...row,
      path: "/healthz",
      handle: () => Promise.resolve({ status: 200, body: { json: { status: "ok" } } }),
    },
    { ...row, path: "/readyz", handle: readiness },
  ];
}

async function readReadiness({
  store,
  vaultHealth,
  isClosing,
  isStuck,
  now,
}: HealthDependencies): Promise<Answer> {
  const database = await readStoreHealth(store);
  const isFull = isStuck();
  const isReady = database === "ok" && !isClosing() && !isFull;
  return {
    status: isReady ? 200 : 503,
    body: {
      json: {
        status: isReady ? "ready" : "unavailable",
        closing: isClosing(),
        places: isFull ? "stuck" : undefined,
        database,
        vaults: vaultHealth.report(now()),
      },
    },
  };
}
