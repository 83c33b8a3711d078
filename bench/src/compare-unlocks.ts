import { type Measurement, quantileOf, summarise } from "./bench-result.ts";
import { mapTuple } from "./each-at-once.ts";
import type { UnlockLoad, UnlockRun } from "./measure-unlocks.ts";

export type Contestant = { readonly name: string; readonly load: UnlockLoad };
export type Figures = {
  readonly perSecond: Measurement;
  readonly cpu: Measurement;
  readonly p50: Measurement;
  readonly p99: Measurement;
};

/** Runs by turns, so that all meet the same machine; the first round of each is for warming up. */
export async function compareUnlocks<const Contestants extends readonly Contestant[]>(
  contestants: Contestants,
  { unlocks, rounds }: { readonly unlocks: number; readonly rounds: number },
): Promise<{ readonly [Index in keyof Contestants]: Figures }> {
  const runs: UnlockRun[][] = contestants.map(() => []);
  for (let round = 0; round <= rounds; round += 1)
    for (const [index, { load }] of contestants.entries()) {
      const run = await load.run(unlocks);
      if (round > 0) runs[index]?.push(run);
    }
  return mapTuple(contestants, ({ name }, index) => figuresOf(name, runs[index] ?? []));
}

function figuresOf(name: string, runs: readonly UnlockRun[]): Figures {
  const of = (what: string, unit: string, value: (run: UnlockRun) => number): Measurement =>
    summarise(`${name}: ${what}`, unit, runs.map(value));
  return {
    perSecond: of("unlocks a second", "/s", ({ perSecond }) => perSecond),
    cpu: of("processor time of each", "µs", ({ cpuMicroseconds }) => cpuMicroseconds),
    p50: of("p50", "ms", ({ times }) => quantileOf(times, 0.5)),
    p99: of("p99", "ms", ({ times }) => quantileOf(times, 0.99)),
  };
}

export const allOf = ({ perSecond, cpu, p50, p99 }: Figures): readonly Measurement[] => [
  perSecond,
  cpu,
  p50,
  p99,
];
