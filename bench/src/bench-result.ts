export type Measurement = {
  readonly label: string;
  readonly unit: string;
  readonly median: number;
  /** 95th percentile. */
  readonly high: number;
  readonly runs: number;
};

export type Ratio = {
  readonly label: string;
  /** Ours divided by theirs: below 1 we are faster. */
  readonly value: number;
};

/** The aim, and whether it was reached. */
export type Aim = {
  readonly label: string;
  readonly value: number;
  readonly side: "at least" | "at most";
  readonly bound: number;
  readonly unit: string;
  readonly isMet: boolean;
};

/** The outcome of a bench: a function without parameters that cleans up after itself. */
export type BenchOutcome =
  | { readonly kind: "skipped"; readonly reason: string }
  | {
      readonly kind: "measured";
      readonly measurements: readonly Measurement[];
      readonly ratios: readonly Ratio[];
      readonly notes: readonly string[];
      readonly aims: readonly Aim[];
    };
export type BenchResult = BenchOutcome & { readonly name: string };
export type Measured = Extract<BenchOutcome, { kind: "measured" }>;

export const measured = (
  found: Pick<Measured, "measurements"> & Partial<Omit<Measured, "kind">>,
): Measured => ({ kind: "measured", ratios: [], notes: [], aims: [], ...found });

export function summarise(label: string, unit: string, values: readonly number[]): Measurement {
  const sorted = values.toSorted((left, right) => left - right);
  return {
    label,
    unit,
    median: round(quantile(sorted, 0.5)),
    high: round(quantile(sorted, 0.95)),
    runs: sorted.length,
  };
}

export const single = (label: string, unit: string, value: number): Measurement =>
  summarise(label, unit, [value]);

/** The quantile of values in any order; 0 without values. */
export const quantileOf = (values: readonly number[] | Float64Array, part: number): number =>
  values.length === 0
    ? 0
    : quantile(
        values.toSorted((one, other) => one - other),
        part,
      );

/** @throws {RangeError} without values */
function quantile(sorted: ArrayLike<number>, part: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  if (value === undefined) throw new RangeError("nothing was measured");
  return value;
}

export function aim(
  label: string,
  value: number,
  side: Aim["side"],
  bound: number,
  unit: string,
): Aim {
  const isMet = side === "at least" ? value >= bound : value <= bound;
  return { label, value: round(value), side, bound, unit, isMet };
}

export function ratio(label: string, ours: Measurement, theirs: Measurement): Ratio {
  return { label, value: round(ours.median / theirs.median) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
