export { createProgram } from "./command-line.ts";
export { createBroker, type Broker, type BrokerDependencies } from "./create-broker.ts";
export { parseConfig, SETTINGS, type BrokerConfig, type Environment } from "./config/config.ts";
export { createKeys } from "./run/commands/key-commands.ts";
export { METRICS } from "./observability/metrics.ts";
export { startBroker, type RunningBroker } from "./start-broker.ts";
