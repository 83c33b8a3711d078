import type { OperatorOrder, StageName } from "@databox-cmk/protocol";

type Operation = OperatorOrder["operations"][number];

/**
 * `erased` and `halted` are states within a stage; the others follow from the order's course.
 * `past`: already done; `stage`: no longer possible, because the order ended before.
 */
export type WhyNot = {
  readonly kind: "erased" | "halted" | "later" | "past" | "stage";
  /** The stages from which the operation is possible. */
  readonly stages: readonly StageName[];
};

const EARLY_ENDS: ReadonlySet<StageName> = new Set([
  "Cancelled",
  "Aborted",
  "Failed_IssueReportedAtCustomer",
  "Failed_IssueDetectedAtAzureDC",
]);

/** The reason why an operation is not possible now; `undefined` when it is. */
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
  const now = course.indexOf(status);
  if (from > now && now !== -1) return { kind: "later", stages };
  const next = course[from + 1];
  // The course of an order that ended early holds only its past stages, and its end.
  const isDone = from !== -1 && from < now && next !== undefined && !EARLY_ENDS.has(next);
  return { kind: isDone ? "past" : "stage", stages };
}
