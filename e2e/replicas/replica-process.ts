import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { createHttpsTransport, freePort, type Transport } from "@databox-cmk/testkit";
import * as z from "zod";

import { BROKER } from "../harness/programs.ts";

const READY = z.object({ type: z.literal("ready"), port: z.number() });

/** A broker in a process of its own, which a test can kill and pause. */
export type Replica = {
  port(): number;
  /** Straight to this one, past the balancer. */
  transport(): Transport;
  /** By SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** By SIGSTOP: it keeps its connections and its locks, and hears nothing. */
  pause(): void;
  resume(): void;
  /** As an update ends it: it answers what it has begun. */
  stop(): Promise<void>;
  /**
   * A new process on the same database, unless one runs.
   *
   * @param program - absent: that of the time before
   * @param settings - of this process only
   */
  start(program?: string, settings?: Readonly<Record<string, string>>): Promise<void>;
  /** As Prometheus does; undefined if the process does not answer. */
  scrape(): Promise<string | undefined>;
  /** HOST:PORT of its metrics. */
  readonly metrics: string;
};

export async function createReplica(
  environment: Readonly<Record<string, string>>,
  caPem: string,
  broker: string = BROKER,
): Promise<Replica> {
  const metricsPort = String(await freePort());
  const metrics = `127.0.0.1:${metricsPort}`;
  let script = broker;
  let child: ChildProcess | undefined;
  let port = 0;
  const isRunning = () =>
    child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    if (child === undefined || !isRunning()) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  };
  return {
    port: () => port,
    transport: () =>
      createHttpsTransport({
        origin: `https://broker.localhost:${String(port)}`,
        certificateAuthorityPem: caPem,
      }),
    kill: () => end("SIGKILL"),
    stop: () => end("SIGTERM"),
    pause() {
      child?.kill("SIGSTOP");
    },
    resume() {
      child?.kill("SIGCONT");
    },
    metrics,
    scrape: () =>
      fetch(`http://${metrics}/metrics`).then(
        (answer) => answer.text(),
        () => undefined,
      ),
    async start(program = script, settings = {}) {
      if (isRunning()) return;
      script = program;
      child = fork(script, ["serve"], {
        env: { ...environment, BROKER_PORT: "0", METRICS_PORT: metricsPort, ...settings },
        execArgv: ["--disable-warning=ExperimentalWarning"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      });
      const ended = once(child, "exit").then(() => {
        throw new Error("the broker did not start");
      });
      const [message]: unknown[] = await Promise.race([once(child, "message"), ended]);
      ended.catch(() => undefined); // It will end at some time, and no code waits for that.
      ({ port } = READY.parse(message));
    },
  };
}
