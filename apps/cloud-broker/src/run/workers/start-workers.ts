import { AggregatorRegistry } from "prom-client";

import type { BrokerConfig } from "../../config/config.ts";
import { createLog } from "../../observability/log.ts";
import { serveMetrics } from "../../observability/serve-metrics.ts";
import { watchConnections } from "../../observability/watch-connections.ts";
import { type Supervisor, superviseWorkers } from "./supervise-workers.ts";

/**
 * Serves by several processes; /metrics adds up their figures.
 *
 * @throws {AppError} PortInUse
 * @throws {WorkerEnded} when none can serve; it has logged the reason
 */
export async function startWorkers(config: BrokerConfig, workers: number): Promise<Supervisor> {
  const log = createLog(config.LOG_LEVEL);
  if (config.METRICS_PORT === undefined) return superviseWorkers(workers, log);
  const registry = new AggregatorRegistry();
  const metrics = await serveMetrics(
    { metrics: () => registry.clusterMetrics(), contentType: registry.contentType },
    {
      host: config.METRICS_HOST,
      port: config.METRICS_PORT,
      connections: watchConnections("metrics", { config, log, now: () => Date.now() }),
    },
  );
  const supervisor = await superviseWorkers(workers, log);
  return {
    ...supervisor,
    async close() {
      await supervisor.close();
      await metrics[Symbol.asyncDispose]();
    },
  };
}
