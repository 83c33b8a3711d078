import type { BrokerConfig } from "./config/config.ts";

/** Serves until a signal, or the parent process, ends it. */
export async function serve(config: BrokerConfig): Promise<void> {
  // By the system's default, this signal would end the process without a shutdown.
  process.on("SIGHUP", () => undefined);
  const { startBroker } = await import("./start-broker.ts");
  const broker = await startBroker(config);
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
  process.send?.({ type: "ready", url: broker.url, port: broker.port });
}
