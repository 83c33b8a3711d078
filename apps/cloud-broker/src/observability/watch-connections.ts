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
 *
 * @param inSum - most connections of all addresses together; 0: no limit
 */
export function watchConnections(
  listener: ListenerName,
  inSum: number,
  deps: {
    readonly config: Pick<BrokerConfig, "MAX_CONNECTIONS_PER_ADDRESS">;
    readonly metrics: Pick<Metrics, "showConnections" | "refusedConnection">;
    readonly log: Log;
    readonly now: Clock;
  },
): ConnectionPlaces {
  const note = createLogNowAndThen(deps.log, deps.now, "refusing connections");
  const places = createConnectionPlaces(
    { perAddress: deps.config.MAX_CONNECTIONS_PER_ADDRESS, inSum },
    (limit, address) => {
      deps.metrics.refusedConnection(listener, limit);
      note({ reason: limit, address });
    },
    deps.now,
  );
  deps.metrics.showConnections(listener, () => places.open(), inSum);
  return places;
}
