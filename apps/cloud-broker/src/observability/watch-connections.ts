import type { BrokerConfig } from "../config/config.ts";
import type { Clock } from "../core/ports.ts";
import { type ConnectionPlaces, createConnectionPlaces } from "../load/connection-places.ts";
import { createLogNowAndThen, type Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** The listener for devices, callers and pages, and the one of /metrics. */
export type ListenerName = "public" | "metrics";

/**
 * Places of one listener's connections by the settings; refusals are counted, and logged now and
 * then.
 */
export function watchConnections(
  listener: ListenerName,
  {
    config,
    metrics,
    log,
    now,
  }: {
    readonly config: Pick<BrokerConfig, "MAX_CONNECTIONS" | "MAX_CONNECTIONS_PER_ADDRESS">;
    readonly metrics: Pick<Metrics, "showConnections" | "refusedConnection">;
    readonly log: Log;
    readonly now: Clock;
  },
): ConnectionPlaces {
  const note = createLogNowAndThen(log, now, "refusing connections");
  const places = createConnectionPlaces(
    { perAddress: config.MAX_CONNECTIONS_PER_ADDRESS, inSum: config.MAX_CONNECTIONS },
    (limit, address) => {
      metrics.refusedConnection(listener, limit);
      note({ reason: limit, address });
    },
  );
  metrics.showConnections(listener, () => places.open());
  return places;
}
