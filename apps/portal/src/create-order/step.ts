import type { NewOrder, OrderProblem } from "../core/new-order.ts";

/** What each step of the wizard is given. */
export type StepProps = {
  readonly order: NewOrder;
  readonly onChange: (change: Partial<NewOrder>) => void;
  /** Text of a problem, once the reader has tried to go on. */
  readonly problemOf: (problem: OrderProblem) => string | undefined;
};
