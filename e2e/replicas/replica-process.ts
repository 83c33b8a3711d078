import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import { createHttpsTransport, type Transport } from "@databox-cmk/testkit";
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
  /** A new process on the same database, unless one runs. */
  start(): Promise<void>;
};

export function createReplica(
  environment: Readonly<Record<string, string>>,
  caPem: string,
): Replica {
  let child: ChildProcess | undefined;
  let port = 0;
  const isRunning = () =>
    child !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    port: () => port,
    transport: () =>
      createHttpsTransport({
        origin: `https://broker.localhost:${String(port)}`,
        certificateAuthorityPem: caPem,
      }),
    async kill() {
      if (child === undefined || !isRunning()) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    pause() {
      child?.kill("SIGSTOP");
    },
    resume() {
      child?.kill("SIGCONT");
    },
    async start() {
      if (isRunning()) return;
      child = fork(BROKER, ["serve"], {
        env: { ...environment, BROKER_PORT: "0" },
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
