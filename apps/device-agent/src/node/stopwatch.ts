/** Records at which millisecond of the process each step ended. */
export type Stopwatch = {
  readonly mark: (step: string) => void;
  readonly timings: () => Readonly<Record<string, number>>;
};

export function createStopwatch(
  elapsedMs: () => number,
  progress?: (step: string) => void,
): Stopwatch {
  const timings: Record<string, number> = {};
  return {
    mark(step) {
      timings[step] = roundToTenth(elapsedMs());
      progress?.(step);
    },
    timings: () => ({ ...timings }),
  };
}

export function roundToTenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
