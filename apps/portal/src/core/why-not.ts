import type { OperatorOrder, StageName } from "@databox-cmk/protocol";

type Operation = OperatorOrder["operations"][number];

/** `erased` and `halted` are states within a stage; the others follow from the course of an order. */
export type WhyNot = {
  readonly kind: "erased" | "halted" | "later" | "past" | "stage";
  /** From which the operation leads on. */
  readonly stages: readonly StageName[];
};

/** Why an operation is not possible now; `undefined` when it is. */
export function decideWhyNot(
  { name, allowed, stages }: Operation,
  order: Pick<OperatorOrder, "properties" | "erasureReceipt">,
): WhyNot | undefined {
  if (allowed) return undefined;
  const { status, details } = order.properties;
  if (name === "erase" || name === "fail")
    return {
      kind: name === "erase" && order.erasureReceipt !== undefined ? "erased" : "stage",
      stages: [],
    };
  if (stages.includes(status)) return { kind: "halted", stages };
  const course = (details?.jobStages ?? []).map(({ stageName }) => stageName);
  const from = course.findIndex((stage) => stages.includes(stage));
  // The course of an order that ended early has no more than what it passed.
  const isLater = from > course.indexOf(status) && course.includes(status);
  return { kind: isLater ? "later" : "past", stages };
}
