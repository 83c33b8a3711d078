import cluster from "node:cluster";

import type { BrokerConfig } from "./config/config.ts";
import { joinSupervisor, type Ready } from "./run/workers/serve-as-worker.ts";
import type { RunningBroker } from "./start-broker.ts";

type ServingBroker = Pick<RunningBroker, "url" | "port" | "close"> & { reload(): unknown };

/** Serves until a signal, or the parent process, ends it. A supervisor loads no broker. */
export async function serve(config: BrokerConfig, workers: number): Promise<void> {
  // By the system's default, this signal would end the process without a shutdown.
  process.on("SIGHUP", () => undefined);
  if (cluster.isPrimary && workers > 1) {
    const { startWorkers, WorkerEnded } = await import("./run/workers/supervise-workers.ts");
    try {
      endOnSignals(await startWorkers(config, workers));
    } catch (error) {
      if (error instanceof WorkerEnded) process.exit(error.exitCode);
      throw error;
    }
    return;
  }
  const membership = cluster.isWorker ? await joinSupervisor() : undefined;
  const { startBroker } = await import("./start-broker.ts");
  const broker = await startBroker(config, undefined, undefined, membership);
  const close = endOnSignals(broker);
  void membership?.follow({
    close,
    reload: () => void broker.reload(),
    changeTicketKeys: broker.setTicketKeys,
  });
}

/** @returns a function that ends the listening */
function endOnSignals(broker: ServingBroker): () => void {
  const stop = () => {
    // A second signal ends the process at once, by the system's default.
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.removeListener(signal, stop);
    void broker.close().finally(() => {
      if (process.connected) process.disconnect();
    });
  };
  process.on("SIGHUP", () => void broker.reload());
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // If a parent process started us, tell it when we are ready and exit when it exits.
  process.once("disconnect", stop);
  const message: Ready = { type: "ready", url: broker.url, port: broker.port };
  process.send?.(message);
  return stop;
}
