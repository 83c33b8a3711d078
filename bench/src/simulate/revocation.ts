import { type Party, WATCH_POLL_MS } from "@databox-cmk/cloud-broker";
import { type HeldLease, renewalRetry, retryAfterMs } from "@databox-cmk/device-agent";
import { renewalIntervalMs } from "@databox-cmk/protocol";

import { quantileOf } from "../bench-result.ts";
import { createCustomers, createReplica, MAX_CONNECTIONS } from "./replica.ts";
import {
  at,
  type Costs,
  createRandom,
  createSchedule,
  defaultOf,
  type Size,
  spreadOverVaults,
} from "./world.ts";

/** The next step of an appliance, or of a replica that reads the news. */
const STEPS = ["renew", "renewed", "told", "news"] as const;

const LEASE: HeldLease = {
  id: "lease",
  sequence: 1,
  ttlSeconds: defaultOf("LEASE_TTL_SECONDS"),
  outageGraceSeconds: defaultOf("OUTAGE_GRACE_SECONDS"),
  grantHash: "",
  answeredAtMs: 0,
};
const INTERVAL_MS = renewalIntervalMs(LEASE);
/** Each appliance has renewed its lease before the revocation. */
const REVOKED_MS = INTERVAL_MS;

export type Revocation = {
  readonly size: Size;
  readonly costs: Costs;
  readonly seed: number;
};

export type RevocationResult = {
  readonly closed: number;
  /** From the revocation to the last closed volume. */
  readonly lastMs: number;
  waits(part: number): number;
  /** How many heard it when they asked again, before the news reached those that waited. */
  readonly toldByRenewal: number;
  readonly rejectedRenewals: number;
  /** Work for the leases of all, as a share of the replicas' time: above 1 they cannot do it. */
  readonly demandedLoad: number;
  /** The part that they did before the revocation. */
  readonly steadyLoad: number;
};

/** Every appliance is open, and its wait for news renews its lease; then all are revoked. */
export function simulateRevocation({ size, costs, seed }: Revocation): RevocationResult {
  const random = createRandom(seed);
  const vaultOf = spreadOverVaults(size, random);
  let nowMs = 0;
  const replicas = Array.from({ length: size.replicas }, () => createReplica(() => nowMs));
  const schedule = createSchedule(STEPS, 2 * size.appliances);
  const replicaOf = Uint16Array.from({ length: size.appliances }, () =>
    Math.floor(random() * size.replicas),
  );
  const failures = new Uint8Array(size.appliances);
  const closedMs = new Float64Array(size.appliances);
  const totals = { closed: 0, toldByRenewal: 0, rejectedRenewals: 0 };
  const customers = createCustomers(size);
  /** Connections are remembered by their customer. */
  const partyOf = (appliance: number): Party => at(customers, vaultOf[appliance] ?? 0);
  const tell = (appliance: number): void => {
    if (closedMs[appliance] !== 0) return;
    closedMs[appliance] = nowMs + costs.networkMs - REVOKED_MS;
    totals.closed += 1;
    // It reports that its volume is closed.
    at(replicas, replicaOf[appliance] ?? 0).work(costs.renewalMs);
  };

  const steps: Record<(typeof STEPS)[number], (id: number) => void> = {
    renew(appliance) {
      if (closedMs[appliance] !== 0) return;
      const replica = at(replicas, replicaOf[appliance] ?? 0);
      const party = partyOf(appliance);
      if (replica.hasRoom(party)) {
        replica.ledger.add(party, "work");
        schedule.add(appliance, "renewed", replica.work(costs.renewalMs));
        return;
      }
      totals.rejectedRenewals += 1;
      const failed = Math.min(255, (failures[appliance] ?? 0) + 1);
      failures[appliance] = failed;
      const answeredMs = replica.work(costs.rejectMs) + costs.networkMs;
      const waitMs = retryAfterMs(renewalRetry(LEASE), failed, random(), replica.turnAway());
      schedule.add(appliance, "renew", answeredMs + waitMs + costs.networkMs);
    },
    renewed(appliance) {
      at(replicas, replicaOf[appliance] ?? 0).ledger.remove(partyOf(appliance), "work");
      failures[appliance] = 0;
      if (nowMs < REVOKED_MS) schedule.add(appliance, "renew", nowMs + INTERVAL_MS);
      else if (closedMs[appliance] === 0) {
        totals.toldByRenewal += 1;
        tell(appliance);
      }
    },
    told: tell,
    /** A replica answers those that still wait there, one after the other. */
    news(index) {
      const replica = at(replicas, index);
      let watching = 0;
      for (let appliance = 0; appliance < size.appliances; appliance += 1) {
        if (replicaOf[appliance] !== index || closedMs[appliance] !== 0) continue;
        schedule.add(appliance, "told", replica.work(costs.renewalMs));
        watching += 1;
        if (watching === MAX_CONNECTIONS) return;
      }
    },
  };

  for (let appliance = 0; appliance < size.appliances; appliance += 1)
    schedule.add(appliance, "renew", random() * INTERVAL_MS);
  let steadyMs = 0;
  let isRevoked = false;
  for (let dueMs = schedule.nextMs(); dueMs !== undefined; dueMs = schedule.nextMs()) {
    if (!isRevoked && dueMs >= REVOKED_MS) {
      isRevoked = true;
      nowMs = REVOKED_MS;
      steadyMs = replicas.reduce((sum, replica) => sum + replica.busyMs(), 0);
      for (let index = 0; index < size.replicas; index += 1)
        schedule.add(index, "news", nowMs + random() * WATCH_POLL_MS);
      continue;
    }
    nowMs = dueMs;
    const [step, id] = schedule.take();
    steps[step](id);
  }

  return {
    ...totals,
    lastMs: closedMs.reduce((last, each) => Math.max(last, each), 0),
    waits: (part) => quantileOf(closedMs, part),
    demandedLoad: (size.appliances * costs.renewalMs) / (size.replicas * INTERVAL_MS),
    steadyLoad: steadyMs / (size.replicas * REVOKED_MS),
  };
}
