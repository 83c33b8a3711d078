/** @throws {RangeError} for what a test takes to be there, and is not */
export function required<Value>(value: Value | undefined, what = "value"): Value {
  if (value === undefined) throw new RangeError(`there is no ${what}`);
  return value;
}
