import { type BenchBroker, NO_PROBES, startBenchBroker, WIDE_QUOTAS } from "./bench-broker.ts";
import { seedFleet, type FleetNode, stubFleetKey } from "./seed-fleet.ts";
import { servePostgres } from "./serve-postgres.ts";
import type { AzureStub } from "./start-azure-stub.ts";

/** Each order has an identity of its own, whose token is renewed every minute. */
const NODES = 144;

export type UnlockBroker = AsyncDisposable & {
  readonly broker: BenchBroker;
  readonly fleet: readonly FleetNode[];
};

/**
 * A broker whose fleet unlocks at the stub's vault. Unlocks are counted against their quotas, which
 * are never reached.
 */
export async function startUnlockBroker(
  stub: AzureStub,
  options: {
    readonly postgres?: { readonly awayMs?: number };
    readonly nodes?: number;
  } = {},
): Promise<UnlockBroker> {
  const { postgres, nodes = NODES } = options;
  const variables = unlockVariables(stub);
  const key = stubFleetKey(stub.vaultUrl);
  if (postgres !== undefined) return servePostgres(variables, nodes, key, postgres);
  const broker = await startBenchBroker(variables);
  const fleet = await seedFleet(broker.databaseFile, nodes, key);
  return { broker, fleet, [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose]() };
}

/** Settings of a broker that unlocks at the stub's vault as often as it can. */
export const unlockVariables = (stub: AzureStub) => ({
  ...stub.variables,
  ...NO_PROBES,
  ...WIDE_QUOTAS,
  VAULT_OPERATIONS_PER_10_SECONDS: "1000000",
});
