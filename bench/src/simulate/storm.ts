import { readFileSync } from "node:fs";

import type { KeyShape } from "@databox-cmk/azure-emulator";
import { type Party, retryDelayMs } from "@databox-cmk/cloud-broker";
import { CONNECT_TIMEOUT_MS } from "@databox-cmk/device-agent";

import { quantileOf } from "../bench-result.ts";
import { createCustomers, createReplica } from "./replica.ts";
import { createVaults } from "./vaults.ts";
import {
  at,
  type Costs,
  createRandom,
  createSchedule,
  defaultOf,
  type Size,
  spreadOverVaults,
} from "./world.ts";

/** The next step of an appliance's unlock. Each appliance has one at a time. */
const STEPS = ["knock", "door", "proven", "vault", "answered", "done", "giveUp"] as const;

/** A replica's Get of a key serves its unlocks for so long (docs/design/decisions/0021). */
const KNOWN_FOR_MS = defaultOf("KEY_FACTS_SECONDS") * 1000;

const UNIT = "deploy/agent/files/usr/lib/systemd/system/databox-agent-unlock.service";
const ROOT = new URL("../../../", import.meta.url);
/** The service manager starts an unlock that failed again, with a connection of its own. */
const ASK_AGAIN_MS =
  1000 * Number(/^RestartSec=(\d+)$/m.exec(readFileSync(new URL(UNIT, ROOT), "utf8"))?.[1]);

export type Storm = {
  readonly size: Size;
  readonly costs: Costs;
  readonly seed: number;
  /** When each appliance asks for the first time. */
  readonly firstAskMs: (random: () => number) => number;
  /** Share of the budget that a vault has; 1 without trouble. */
  readonly budgetOf?: (vault: number) => number;
  /** The limit of every vault; absent: RSA 2048 in software. */
  readonly key?: KeyShape;
};

export type StormResult = {
  readonly served: number;
  readonly lastMs: number;
  /** From the first request to the grant, of the appliances that this selects. */
  waits(part: number, select?: (vault: number) => boolean): number;
  /** Processor time of all replicas, in shares. */
  readonly handshakeShare: number;
  readonly refusedConnections: number;
  readonly turnedAway: number;
  readonly throttled: number;
  readonly handshakes: number;
};

/** Each appliance has an address of its own. */
const unauthenticatedOf = (appliance: number): Party => ({
  kind: "stranger",
  name: String(appliance),
});

/** Appliances that all want their key, until each has it. */
export function simulateStorm({
  size,
  costs,
  seed,
  firstAskMs,
  budgetOf,
  key,
}: Storm): StormResult {
  const random = createRandom(seed);
  const vaultOf = spreadOverVaults(size, random);
  let nowMs = 0;
  const now = () => nowMs;
  const replicas = Array.from({ length: size.replicas }, () => createReplica(now));
  const open = new Uint32Array(size.vaults);
  const openIn = (vault: number): number => open[vault] ?? 0;
  const vaults = createVaults(size.vaults, now, { budgetOf, openIn, key });
  const schedule = createSchedule(STEPS, size.appliances);
  const startedMs = new Float64Array(size.appliances);
  const servedMs = new Float64Array(size.appliances);
  const replicaOf = new Uint16Array(size.appliances);
  const knownUntilMs = new Float64Array(size.vaults * size.replicas);
  const attempts = new Uint8Array(size.appliances);
  const totals = { served: 0, refusedConnections: 0, turnedAway: 0, throttled: 0, handshakes: 0 };

  const askAgain = (appliance: number, sinceMs: number): void =>
    schedule.add(appliance, "knock", sinceMs + ASK_AGAIN_MS + costs.networkMs);
  const customers = createCustomers(size);
  const customerOf = (appliance: number): Party => at(customers, vaultOf[appliance] ?? 0);

  const steps: Record<(typeof STEPS)[number], (appliance: number) => void> = {
    knock(appliance) {
      const chosen = Math.floor(random() * size.replicas);
      const replica = at(replicas, chosen);
      replicaOf[appliance] = chosen;
      if (!replica.connect()) {
        totals.refusedConnections += 1;
        askAgain(appliance, nowMs + costs.networkMs);
        return;
      }
      totals.handshakes += 1;
      const doneMs = replica.work(costs.handshakeMs);
      // An agent that gives up leaves its handshake in the replica's queue.
      const givesUpMs = nowMs + CONNECT_TIMEOUT_MS;
      if (doneMs > givesUpMs) schedule.add(appliance, "giveUp", givesUpMs);
      else schedule.add(appliance, "door", doneMs);
    },
    door(appliance) {
      const replica = at(replicas, replicaOf[appliance] ?? 0);
      const party = unauthenticatedOf(appliance);
      if (!replica.hasRoom(party)) {
        reject(appliance);
        return;
      }
      replica.ledger.add(party, "work");
      schedule.add(appliance, "proven", replica.work(costs.unlockMs / 2));
    },
    proven(appliance) {
      const replica = at(replicas, replicaOf[appliance] ?? 0);
      replica.ledger.remove(unauthenticatedOf(appliance), "work");
      const party = customerOf(appliance);
      if (!replica.hasRoom(party)) {
        reject(appliance);
        return;
      }
      replica.ledger.add(party, "vault");
      attempts[appliance] = 0;
      steps.vault(appliance);
    },
    vault(appliance) {
      const replica = at(replicas, replicaOf[appliance] ?? 0);
      const vault = vaultOf[appliance] ?? 0;
      const known = vault * size.replicas + (replicaOf[appliance] ?? 0);
      const calls = nowMs < (knownUntilMs[known] ?? 0) ? 1 : 2;
      if (vaults.call(vault, calls)) {
        if (calls === 2) knownUntilMs[known] = nowMs + KNOWN_FOR_MS;
        schedule.add(appliance, "answered", nowMs + calls * costs.vaultMs);
        return;
      }
      totals.throttled += 1;
      const attempt = attempts[appliance] ?? 0;
      const delayMs = retryDelayMs({ code: "KeyVaultThrottled" }, attempt, random());
      if (delayMs === undefined) {
        replica.ledger.remove(customerOf(appliance), "vault");
        const answeredMs = replica.work(costs.renewalMs);
        leave(appliance);
        askAgain(appliance, answeredMs + costs.networkMs);
        return;
      }
      attempts[appliance] = attempt + 1;
      schedule.add(appliance, "vault", nowMs + costs.vaultMs + delayMs);
    },
    answered(appliance) {
      const replica = at(replicas, replicaOf[appliance] ?? 0);
      const party = customerOf(appliance);
      replica.ledger.remove(party, "vault");
      replica.ledger.add(party, "work");
      schedule.add(appliance, "done", replica.work(costs.unlockMs / 2));
    },
    done(appliance) {
      // Its connection stays open: an appliance that is unlocked waits for news on it.
      at(replicas, replicaOf[appliance] ?? 0).ledger.remove(customerOf(appliance), "work");
      const vault = vaultOf[appliance] ?? 0;
      open[vault] = openIn(vault) + 1;
      servedMs[appliance] = nowMs + costs.networkMs;
      totals.served += 1;
    },
    giveUp(appliance) {
      leave(appliance);
      askAgain(appliance, nowMs);
    },
  };

  function leave(appliance: number): void {
    at(replicas, replicaOf[appliance] ?? 0).disconnect();
  }
  function reject(appliance: number): void {
    const replica = at(replicas, replicaOf[appliance] ?? 0);
    totals.turnedAway += 1;
    const answeredMs = replica.work(costs.rejectMs);
    leave(appliance);
    askAgain(appliance, answeredMs + costs.networkMs);
  }

  for (let appliance = 0; appliance < size.appliances; appliance += 1) {
    const atMs = firstAskMs(random);
    startedMs[appliance] = atMs;
    schedule.add(appliance, "knock", atMs + costs.networkMs);
  }
  for (let dueMs = schedule.nextMs(); dueMs !== undefined; dueMs = schedule.nextMs()) {
    nowMs = dueMs;
    const [step, appliance] = schedule.take();
    steps[step](appliance);
  }
  const busyMs = replicas.reduce((sum, replica) => sum + replica.busyMs(), 0);
  return {
    ...totals,
    lastMs: nowMs,
    waits: (part, select) =>
      quantileOf(
        servedMs
          .map((atMs, appliance) => atMs - (startedMs[appliance] ?? 0))
          .filter((_wait, appliance) => select?.(vaultOf[appliance] ?? 0) ?? true),
        part,
      ),
    handshakeShare: (totals.handshakes * costs.handshakeMs) / busyMs,
  };
}
