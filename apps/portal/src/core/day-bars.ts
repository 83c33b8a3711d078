import type { DayFigures } from "@databox-cmk/protocol";

/** A part of each day's bar; `values` has one number for each day. */
export type Series = { readonly name: string; readonly values: readonly number[] };

const OTHERS = "";

/**
 * Refusals as series, the most frequent code first. Less frequent codes are one series, which has
 * an empty name.
 *
 * @param most - of series
 */
export function refusalSeries(days: readonly DayFigures[], most: number): readonly Series[] {
  const totals = new Map<string, number>();
  for (const { refusals } of days)
    for (const { code, count } of refusals) totals.set(code, (totals.get(code) ?? 0) + count);
  const codes = [...totals].toSorted(([, one], [, other]) => other - one).map(([code]) => code);
  const named = codes.length > most ? codes.slice(0, most - 1) : codes;
  const series = named.map((name) => ({
    name,
    values: days.map((day) => countOf(day, (code) => code === name)),
  }));
  if (named.length === codes.length) return series;
  const others = {
    name: OTHERS,
    values: days.map((day) => countOf(day, (code) => !named.includes(code))),
  };
  return [...series, others];
}

function countOf({ refusals }: DayFigures, isCounted: (code: string) => boolean): number {
  return refusals.reduce((sum, { code, count }) => (isCounted(code) ? sum + count : sum), 0);
}

export type Bar = {
  readonly day: number;
  readonly series: number;
  readonly y: number;
  readonly height: number;
};

/**
 * Stacks the series of each day upwards from the base line.
 *
 * @param height - of the highest bar
 * @returns the bars that are not empty, and the value of the highest one
 */
export function stackBars(
  series: readonly Series[],
  height: number,
): { readonly bars: readonly Bar[]; readonly top: number } {
  const days = series[0]?.values.length ?? 0;
  const sums = Array.from({ length: days }, (_, day) =>
    series.reduce((sum, { values }) => sum + (values[day] ?? 0), 0),
  );
  const top = Math.max(0, ...sums);
  const bars = sums.flatMap((_sum, day) => {
    let y = height;
    return series.flatMap(({ values }, index) => {
      const part = top === 0 ? 0 : ((values[day] ?? 0) / top) * height;
      y -= part;
      return part === 0 ? [] : [{ day, series: index, y, height: part }];
    });
  });
  return { bars, top };
}
