export { createProgram } from "./command-line.ts";
export { createBroker, type Broker, type BrokerDependencies } from "./create-broker.ts";
export { parseConfig, SETTINGS, type BrokerConfig, type Environment } from "./config/config.ts";
export { METRICS } from "./observability/metrics.ts";
export { LEASES_MS as WATCH_POLL_MS, startBroker, type RunningBroker } from "./start-broker.ts";

// Decisions, for the simulation of a fleet that no machine holds.
export { RETRY_AFTER_SECONDS } from "./api/front/turn-away.ts";
export {
  BURST_MS as VAULT_BURST_MS,
  createVaultBudget,
  type VaultBudget,
} from "./azure/vault-budget.ts";
export { decideRetry } from "./core/campaign-step.ts";
export { DOCTOR_CHECKS } from "./core/doctor-checks.ts";
export { operationWeight, probeLoads, PROBE_SHARE, probeStretch } from "./core/vault-capacity.ts";
export { retryDelayMs } from "./core/retry-delay.ts";
export { CAMPAIGN_STEPS_AT_ONCE } from "./load/limits.ts";
export { ENOUGH_INSIDE, SATURATED } from "./load/admission.ts";
export { createLedger, type Ledger, mayTakePlace, type Party } from "./load/fair-share.ts";
export { createLoopUtilization, type LoopUtilization } from "./load/loop-utilization.ts";
export { connectionsWithin } from "./load/memory.ts";
