import cluster from "node:cluster";
import type { Worker } from "node:cluster";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { AggregatorRegistry } from "prom-client";

import type { BrokerConfig } from "../../config/config.ts";
import { type Log, createLog } from "../../observability/log.ts";
import { serveMetrics } from "../../observability/serve-metrics.ts";
import { watchConnections } from "../../observability/watch-connections.ts";
import { joins, ready, type Ready, type ToWorker } from "./serve-as-worker.ts";

type Supervisor = Ready & {
  /** Lets every worker serve the certificate that its files hold now. */
  reload(): void;
  /**
   * Lets every worker finish its requests; a worker that exceeds its own grace period is killed.
   */
  close(): Promise<void>;
};

/** A worker ended before it served for the first time; it has logged the reason itself. */
export class WorkerEnded extends Error {
  override readonly name = "WorkerEnded";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("a worker ended");
    this.exitCode = exitCode;
  }
}

const TICKET_KEYS_BYTES = 48;
/** A stolen key decrypts no older session (RFC 5077 §5.5). */
const TICKET_KEYS_LIFE_MS = 12 * 3_600_000;
const CLOSE_WITHIN_MS = 15_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Runs several processes that share one port, each a whole broker on the same database: replicas on
 * one machine. A process that dies is replaced; its connections are lost, but no acknowledged
 * result is. The first one starts alone, since it creates missing things (schema, keys) and reports
 * configuration errors.
 *
 * @throws {WorkerEnded}
 */
async function superviseWorkers(count: number, log: Log): Promise<Supervisor> {
  // Each worker accepts its own connections: a connection that the supervisor hands over (SCHED_RR)
  // hangs for ever if its worker dies before it arrives.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const closing = new AbortController();
  const serving = new Set<Worker>();
  let ticketKeys = newTicketKeys();

  function start(): Worker {
    const worker = cluster.fork();
    // A message to a worker that has just died (EPIPE) is lost with it; its exit tells us. Without
    // a listener, this event would end the supervisor, and every worker with it.
    worker.on("error", (error) => {
      log("debug", "a message did not reach a worker", { error: error.message });
    });
    worker.on("message", (message) => {
      if (joins.safeParse(message).success) tell(worker, { type: "ticket-keys", keys: ticketKeys });
    });
    return worker;
  }

  /** A serving worker; replaced when it ends. */
  function keep(worker: Worker): void {
    serving.add(worker);
    worker.once("exit", (code, signal) => {
      serving.delete(worker);
      if (closing.signal.aborted) return;
      log("error", "a worker died", { code, signal });
      void replace();
    });
  }

  async function replace(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !closing.signal.aborted;) {
      const worker = start();
      try {
        await untilReady(worker);
        keep(worker);
        return;
      } catch (error) {
        if (!(error instanceof WorkerEnded)) throw error;
        await pause(pauseMs, undefined, { ref: false });
        pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
      }
    }
  }

  const first = start();
  const served = await untilReady(first);
  keep(first);
  await Promise.all(
    Array.from({ length: count - 1 }, async () => {
      const worker = start();
      await untilReady(worker);
      keep(worker);
    }),
  );
  // Not by `every`: a round only sends messages, so it cannot fail, overlap or be waited for.
  const rotation = setInterval(() => {
    ticketKeys = newTicketKeys();
    for (const worker of running()) tell(worker, { type: "ticket-keys", keys: ticketKeys });
  }, TICKET_KEYS_LIFE_MS);
  rotation.unref();
  log("info", "workers serve", { count, port: served.port });

  return {
    ...served,
    reload() {
      for (const worker of running()) tell(worker, { type: "reload" });
    },
    async close() {
      closing.abort();
      clearInterval(rotation);
      await Promise.all(
        running().map((worker) => end(worker, serving.has(worker) ? CLOSE_WITHIN_MS : 0)),
      );
    },
  };
}

async function untilReady(worker: Worker): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  const heard = (message: unknown): void => {
    const parsed = ready.safeParse(message);
    if (parsed.success) resolve(parsed.data);
  };
  const ended = (code: number | null): void => reject(new WorkerEnded(code ?? 1));
  worker.on("message", heard);
  worker.once("exit", ended);
  try {
    return await promise;
  } finally {
    worker.off("message", heard);
    worker.off("exit", ended);
  }
}

/** A worker that has not served yet has nothing to finish, and does not listen. */
async function end(worker: Worker, withinMs: number): Promise<void> {
  if (worker.isDead()) return;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  worker.once("exit", () => resolve());
  tell(worker, { type: "close" });
  const overdue = setTimeout(() => {
    worker.process.kill("SIGKILL");
  }, withinMs);
  await ended;
  clearTimeout(overdue);
}

function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message);
}

const running = (): Worker[] =>
  Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);

const newTicketKeys = (): string => randomBytes(TICKET_KEYS_BYTES).toString("base64");

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
