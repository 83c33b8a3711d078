import { type BrokerHealthView, brokerHealthView, fleetView } from "@databox-cmk/protocol";

import type { VaultHealth } from "../../azure/vault-health.ts";
import type { Clock } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { FleetFigures } from "../../observability/fleet-figures.ts";
import { readStoreHealth } from "../../store/store-health.ts";
import type { Store } from "../../store/store.ts";
import { operator } from "../arm/arm-route.ts";
import { createFleetCount } from "./count-fleet.ts";

/** The operators' views: the state of the fleet's nodes, and the broker's status. */
export function createFleetViewRoutes(dependencies: {
  readonly store: Store;
  readonly figures: () => Promise<FleetFigures>;
  readonly vaultHealth: VaultHealth;
  readonly now: Clock;
}): readonly Route[] {
  const { store, now } = dependencies;
  const countFleet = createFleetCount(store, now);
  const startedAtMs = now();
  return [
    operator.route(
      "GET",
      "/operator/v1/fleet",
      {
        action: "Microsoft.DataBox/operator/fleet/read",
        summary: "Counts the nodes in the field by lock state, region and key",
        answers: { 200: fleetView },
      },
      async () => ({ json: await countFleet() }),
    ),
    operator.route(
      "GET",
      "/operator/v1/health",
      {
        action: "Microsoft.DataBox/operator/health/read",
        summary: "Reads the broker's status: database, vaults, leases, keys, events",
        answers: { 200: brokerHealthView },
      },
      async () => ({ json: await readHealth(dependencies, startedAtMs) }),
    ),
  ];
}

async function readHealth(
  { store, figures, vaultHealth, now }: Parameters<typeof createFleetViewRoutes>[0],
  startedAtMs: number,
): Promise<BrokerHealthView> {
  const nowMs = now();
  const { leases, keyHealth, revocations, waitingEvents, probesOverdueSeconds } = await figures();
  return {
    asOf: renderTime(nowMs),
    startedAt: renderTime(startedAtMs),
    database: await readStoreHealth(store),
    vaults: vaultHealth.report(nowMs),
    leases: Object.fromEntries(leases),
    keyHealth: Object.fromEntries(keyHealth),
    revocations: Object.fromEntries(revocations),
    webhookEventsWaiting: waitingEvents,
    probeOverdueSeconds: probesOverdueSeconds,
  };
}
