import { AsyncLocalStorage } from "node:async_hooks";

/** The parts of the work in progress, by their owners. */
const parts = new AsyncLocalStorage<ReadonlyMap<symbol, unknown>>();

/** A part of the work in progress that has one owner. */
type WorkPart<Value> = {
  current(): Value | undefined;
  /** @param value - for all that `work` calls and starts; undefined: without this part */
  run<Result>(value: Value | undefined, work: () => Result): Result;
};

/**
 * Carries a value to functions many calls below, past the signatures in between. Four parts travel
 * this way. As arguments, a request's place, the steps of a message and the priority would pass
 * through all of custody, key health and orders, which do not read them, to the vault call; and
 * Azure's SDK passes no argument through to the HTTP exchange that it hides. OpenTelemetry's
 * context does the same, but only with its SDK, which a broker without tracing does not load.
 */
export function createWorkPart<Value>(owner: string): WorkPart<Value> {
  const key = Symbol(owner);
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only `run` sets it
    current: () => parts.getStore()?.get(key) as Value | undefined,
    run: (value, work) => parts.run(new Map(parts.getStore()).set(key, value), work),
  };
}
