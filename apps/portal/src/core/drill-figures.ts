import type { RevocationDrillView } from "@databox-cmk/protocol";

export type DrillFigures = {
  readonly asked: number;
  readonly answered: number;
  /** Figures of the nodes that have answered. */
  readonly fastestMs?: number | undefined;
  readonly slowestMs?: number | undefined;
};

export function drillFigures({ value }: RevocationDrillView): DrillFigures {
  const times = value.flatMap(({ elapsedMs }) => elapsedMs ?? []);
  return {
    asked: value.length,
    answered: times.length,
    fastestMs: times.length === 0 ? undefined : Math.min(...times),
    slowestMs: times.length === 0 ? undefined : Math.max(...times),
  };
}

/** Whether an answer may still arrive: a node that is off during the drill never answers. */
export function isDrillRunning({ value }: RevocationDrillView, nowMs: number): boolean {
  return value.some(
    ({ startedAt, answeredAt }) =>
      answeredAt === undefined && nowMs - Date.parse(startedAt) < FOLLOWED_MS,
  );
}

const FOLLOWED_MS = 120_000;
