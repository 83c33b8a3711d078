import type { NewOrder, OrderProblem } from "../core/new-order.ts";

/** The props of each step of the wizard. */
export type StepProps = {
  readonly order: NewOrder;
  readonly onChange: (change: Partial<NewOrder>) => void;
  /** Whether the subscription allows only split custody. */
  readonly isSplitOnly: boolean;
  /** Text of a problem, once the reader has tried to continue. */
  readonly problemOf: (problem: OrderProblem) => string | undefined;
};
