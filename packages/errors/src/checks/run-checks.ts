import { AppError, toAppError } from "../app-error.ts";
import { explain } from "../explain.ts";
import type { Check, CheckFailure, CheckRow, Finding } from "./check.ts";

/** Finds out one thing; an `AppError` that it throws is its failure. */
export type Probe = () => Promise<Finding>;

export type CheckRun = {
  /** In the order of the table, regardless of the order in which they ended. */
  readonly checks: readonly Check[];
  /** Code of the first failed check. */
  readonly failure: CheckFailure | undefined;
};

/**
 * Runs a table of checks: each as soon as those that it follows have passed, all others at the same
 * time.
 *
 * @param elapsedMs - a monotonic clock
 */
export async function runChecks<Name extends string>(
  rows: readonly CheckRow<Name>[],
  probes: Readonly<Record<Name, Probe>>,
  elapsedMs: () => number,
): Promise<CheckRun> {
  const started = new Map<Name, Promise<Done>>();
  const done = (name: Name): Promise<Done> => {
    const promise = started.get(name);
    if (promise === undefined) throw new RangeError(`check ${name} stands after one that needs it`);
    return promise;
  };
  for (const row of rows) {
    const before = row.after.map(done);
    started.set(row.name, runWhenPassed(row, before, probes[row.name], elapsedMs));
  }
  const all = await Promise.all(started.values());
  return {
    checks: all.map(({ check }) => check),
    failure: all.find(({ failure }) => failure !== undefined)?.failure,
  };
}

type Done = { readonly check: Check; readonly failure?: CheckFailure | undefined };

async function runWhenPassed(
  { name, title }: CheckRow,
  before: readonly Promise<Done>[],
  probe: Probe,
  elapsedMs: () => number,
): Promise<Done> {
  const earlier = await Promise.all(before);
  if (earlier.some(({ check }) => check.status !== "passed"))
    return { check: { name, title, status: "not-reached" } };
  const startedMs = elapsedMs();
  const finding = await find(probe);
  const common = { name, title, elapsedMs: Math.round((elapsedMs() - startedMs) * 10) / 10 };
  if (finding.ok) {
    const found = finding.found === undefined ? {} : { found: finding.found };
    return { check: { ...common, status: "passed", ...found } };
  }
  const { failure } = finding;
  return { check: { ...common, status: "failed", error: errorOf(failure) }, failure };
}

async function find(probe: Probe): Promise<Finding> {
  try {
    return await probe();
  } catch (error) {
    const { code, reason, facts, detail = placeOf(error) } = toAppError(error);
    return { ok: false, failure: { code, reason, facts, detail } };
  }
}

/** Class and location of an unexpected error. Its message may quote data. */
function placeOf(error: unknown): string | undefined {
  if (error instanceof AppError || !(error instanceof Error)) return undefined;
  const frame = error.stack?.split("\n").find((line) => line.trimStart().startsWith("at "));
  return `${error.name} ${frame?.trim() ?? ""}`;
}

function errorOf({ code, reason, facts, detail }: CheckFailure): NonNullable<Check["error"]> {
  const explanation = explain(code, { reason, facts });
  return {
    code,
    reason,
    class: explanation.class,
    who: explanation.who,
    message: explanation.message,
    detail,
  };
}
