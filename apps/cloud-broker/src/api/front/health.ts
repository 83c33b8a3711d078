import type { VaultHealth } from "../../azure/vault-health.ts";
import { isFresh } from "../../core/is-fresh.ts";
import type { ClockOffsets } from "../../core/judge-clock.ts";
import type { Clock } from "../../core/ports.ts";
import type { Answer, Route } from "../../http/route.ts";
import type { ClockWatch } from "../../observability/clock-watch.ts";
import { readStoreHealth, type StoreHealth, takesWrites } from "../../store/store-health.ts";
import type { Store } from "../../store/store.ts";

export type HealthDependencies = {
  readonly store: Store;
  readonly vaultHealth: Pick<VaultHealth, "report">;
  readonly isClosing: () => boolean;
  /** Whether this process has no place for anybody, and nothing that would give one back. */
  readonly isStuck: () => boolean;
  readonly clock: ClockWatch;
  readonly now: Clock;
};

/** How long a write counts: an unauthenticated caller must not cause more than one a second. */
const WRITE_COUNTS_MS = 1_000;

/**
 * /healthz says that the process runs, and depends on nothing: a restart cures no outage. /readyz
 * says whether to send requests here. It reports vaults with the age of their last answer, but they
 * never make a replica unready, since they fail for all replicas alike. A process cannot decide
 * anything, and is not ready, when its database takes no write, its clock is off, or all its places
 * are taken permanently.
 */
export function createHealthRoutes(dependencies: HealthDependencies): readonly Route[] {
  const row = { method: "GET", authentication: "public", reads: "nothing" } as const;
  let asked: Promise<Answer> | undefined;
  let wroteAtMs: number | undefined;
  const readDatabase = async (): Promise<StoreHealth | "unwritable"> => {
    const { store, now } = dependencies;
    const read = await readStoreHealth(store);
    if (read !== "ok") return read;
    if (wroteAtMs !== undefined && isFresh(now(), wroteAtMs, WRITE_COUNTS_MS)) return "ok";
    if (!(await takesWrites(store))) return "unwritable";
    wroteAtMs = now();
    return "ok";
  };
  /** One check at a time for any number of callers, since this route needs no token. */
  const readiness = () => {
    asked ??= readReadiness(dependencies, readDatabase).finally(() => {
      asked = undefined;
    });
    return asked;
  };
  return [
    {
      ...row,
      path: "/healthz",
      described: { summary: "Answers while the process runs", answers: { 200: undefined } },
      handle: () => Promise.resolve({ status: 200, body: { json: { status: "ok" } } }),
    },
    {
      ...row,
      path: "/readyz",
      described: {
        summary: "Answers 200 while the broker can decide, 503 otherwise",
        answers: { 200: undefined },
      },
      handle: readiness,
    },
  ];
}

async function readReadiness(
  { vaultHealth, isClosing, isStuck, clock, now }: HealthDependencies,
  readDatabase: () => Promise<StoreHealth | "unwritable">,
): Promise<Answer> {
  const database = await readDatabase();
  const isFull = isStuck();
  const isClockOff = clock.isOff();
  const isReady = database === "ok" && !isClosing() && !isFull && !isClockOff;
  return {
    status: isReady ? 200 : 503,
    body: {
      json: {
        status: isReady ? "ready" : "unavailable",
        closing: isClosing(),
        places: isFull ? "stuck" : undefined,
        database,
        clock: isClockOff ? "off" : "ok",
        clockAheadSeconds: inSeconds(clock.offsets()),
        vaults: vaultHealth.report(now()),
      },
    },
  };
}

const inSeconds = ({ azure, database }: ClockOffsets) => ({
  azure: azure === undefined ? null : azure / 1000,
  database: database === undefined ? null : database / 1000,
});
