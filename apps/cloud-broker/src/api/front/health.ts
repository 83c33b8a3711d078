import type { VaultHealth } from "../../azure/vault-health.ts";
import { isFresh } from "../../core/is-fresh.ts";
import type { ClockOffsets } from "../../core/judge-clock.ts";
import type { Clock } from "../../core/ports.ts";
import type { Route } from "../../http/route.ts";
import type { ClockWatch } from "../../observability/clock-watch.ts";
import { findWriteTrouble, readStoreHealth, type StoreHealth } from "../../store/store-health.ts";
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

/** Why this process cannot decide; empty if it can. */
export type Reason = "" | "closing" | "stuck" | "clock" | "unwritable" | Exclude<StoreHealth, "ok">;
type Readiness = { readonly reason: Reason; readonly report: object };

/**
 * Whether to send requests here. It reports vaults with the age of their last answer, but they
 * never make a replica unready, since they fail for all replicas alike. A process cannot decide
 * anything, and is not ready, when its database takes no write, its clock is off, or all its places
 * are taken permanently. One check at a time for any number of callers, since /readyz needs no
 * token.
 */
export function createReadiness(dependencies: HealthDependencies): () => Promise<Readiness> {
  let asked: Promise<Readiness> | undefined;
  let wroteAtMs: number | undefined;
  const readDatabase = async (): Promise<StoreHealth | "unwritable"> => {
    const { store, now } = dependencies;
    const read = await readStoreHealth(store);
    if (read !== "ok") return read;
    if (wroteAtMs !== undefined && isFresh(now(), wroteAtMs, WRITE_COUNTS_MS)) return "ok";
    if ((await findWriteTrouble(store)) !== undefined) return "unwritable";
    wroteAtMs = now();
    return "ok";
  };
  return () => {
    asked ??= readReadiness(dependencies, readDatabase).finally(() => {
      asked = undefined;
    });
    return asked;
  };
}

/** /healthz says that the process runs, and depends on nothing: a restart cures no outage. */
export function createHealthRoutes(readiness: () => Promise<Readiness>): readonly Route[] {
  const row = { method: "GET", authentication: "public", reads: "nothing" } as const;
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
      async handle() {
        const { reason, report } = await readiness();
        return { status: reason === "" ? 200 : 503, body: { json: report } };
      },
    },
  ];
}

async function readReadiness(
  { vaultHealth, isClosing, isStuck, clock, now }: HealthDependencies,
  readDatabase: () => Promise<StoreHealth | "unwritable">,
): Promise<Readiness> {
  const database = await readDatabase();
  const isFull = isStuck();
  const isClockOff = clock.isOff();
  const reasons: readonly (Reason | false)[] = [
    isClosing() && "closing",
    database !== "ok" && database,
    isFull && "stuck",
    isClockOff && "clock",
  ];
  const reason = reasons.find((each) => each !== false) || "";
  return {
    reason,
    report: {
      status: reason === "" ? "ready" : "unavailable",
      closing: isClosing(),
      places: isFull ? "stuck" : undefined,
      database,
      clock: isClockOff ? "off" : "ok",
      clockAheadSeconds: inSeconds(clock.offsets()),
      vaults: vaultHealth.report(now()),
    },
  };
}

const inSeconds = ({ azure, database }: ClockOffsets) => ({
  azure: azure === undefined ? null : azure / 1000,
  database: database === undefined ? null : database / 1000,
});
