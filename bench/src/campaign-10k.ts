import { setTimeout } from "node:timers/promises";

import { campaignView } from "@databox-cmk/protocol";
import { createHttpsTransport } from "@databox-cmk/testkit";

import { NO_PROBES, startBenchBroker } from "./bench-broker.ts";
import {
  aim,
  type BenchOutcome,
  measured,
  quantileOf,
  ratio,
  single,
  summarise,
} from "./bench-result.ts";
import { startOffers } from "./offer-unlocks.ts";
import { seedFleet, stubFleetKey } from "./seed-fleet.ts";
import { startAzureStub } from "./start-azure-stub.ts";

const ORDERS = 10_000;
/** Not in the campaign; they unlock before it and during it. */
const UNLOCKING = 20;
const UNLOCKS_PER_SECOND = 10;
const MEASURED_SECONDS = 30;
/** Key Vault's limit for RSA-2048 keys in software, all of it for the campaign. */
const OPERATIONS_PER_SECOND = 400;

/**
 * A rotation of 10,000 orders at the pace of one vault, and its effect on unlocks at the same
 * vault.
 */
export async function run(): Promise<BenchOutcome> {
  await using stub = await startAzureStub();
  await using broker = await startBenchBroker({
    ...stub.variables,
    VAULT_OPERATIONS_PER_10_SECONDS: String(OPERATIONS_PER_SECOND * 10),
    REWRAP_VAULT_PERCENT: "100",
    ...NO_PROBES,
  });
  const key = stubFleetKey(stub.vaultUrl);
  const fleet = await seedFleet(broker.databaseFile, ORDERS + UNLOCKING, key);
  await using load = await startOffers(broker, fleet.slice(ORDERS), UNLOCKING);
  const unlocks = async (seconds: number): Promise<readonly number[]> => {
    const { times, early, late } = await load.offer(UNLOCKS_PER_SECOND, seconds);
    if (early + late > 0) throw new Error(`${String(early + late)} unlocks were rejected`);
    return times;
  };
  await unlocks(5); // handshakes, tokens, and code that is not compiled yet
  const idle = await unlocks(MEASURED_SECONDS);

  const transport = createHttpsTransport({
    origin: `https://broker.localhost:${String(broker.port)}`,
    certificateAuthorityPem: broker.caPem,
  });
  const call = async (method: string, path: string, body?: object) => {
    const { status, text } = await transport.send(method, path, {
      headers: {
        authorization: `Bearer ${stub.operatorToken}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body && JSON.stringify(body),
    });
    if (status >= 300) throw new Error(`${path}: ${String(status)} ${text.slice(0, 300)}`);
    return campaignView.parse(JSON.parse(text));
  };
  const orders = fleet.slice(0, ORDERS).map(({ order }) => order);
  const { id } = await call("POST", "/operator/v1/campaigns", {
    action: { kind: "rotate" },
    selector: { orders },
  });
  let campaign = await call("GET", `/operator/v1/campaigns/${id}`);
  while (campaign.progress.done === 0) {
    await setTimeout(50);
    campaign = await call("GET", `/operator/v1/campaigns/${id}`);
  }
  const startedAt = performance.now();
  const operationsBefore = await stub.operations();
  const cpuBefore = broker.cpuSeconds();
  const busy = unlocks(MEASURED_SECONDS);
  while (campaign.state === "Running") {
    await setTimeout(250);
    campaign = await call("GET", `/operator/v1/campaigns/${id}`);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const share = ((await stub.operations()) - operationsBefore) / seconds / OPERATIONS_PER_SECOND;
  const cpuShare = (broker.cpuSeconds() - cpuBefore) / seconds;
  const during = await busy;
  transport.close();
  if (campaign.progress.failed > 0) throw new Error(JSON.stringify(campaign.progress));

  const idleP99 = single("unlock, nothing else, p99", "ms", quantileOf(idle, 0.99));
  const busyP99 = single("unlock, during the campaign, p99", "ms", quantileOf(during, 0.99));
  const slower = ratio("unlock p99 during the campaign to idle", busyP99, idleP99);
  return measured({
    measurements: [
      single("share of the vault's budget", "%", share * 100),
      single("orders a second", "/s", ORDERS / seconds),
      single("processor time of the broker, of one core", "%", cpuShare * 100),
      summarise("unlock, nothing else", "ms", idle),
      summarise("unlock, during the campaign", "ms", during),
      idleP99,
      busyP99,
    ],
    ratios: [slower],
    aims: [
      aim("share of the vault's budget", share * 100, "at least", 90, "%"),
      aim("unlock p99 during the campaign, of idle", slower.value, "at most", 2, ""),
    ],
    notes: [
      `${ORDERS.toLocaleString("en")} orders in ${seconds.toFixed(0)} s at a vault of ${String(OPERATIONS_PER_SECOND)} operations a second that answers at once`,
    ],
  });
}
