import { describeDuration } from "./describe-duration.ts";
import type { WaitingView } from "./waiting-request.ts";

/** One clause for the person who waits at the appliance. */
export function describeWaiting({
  required,
  given,
  approvedBy,
  reason,
  leftSeconds,
}: WaitingView): string {
  const names = approvedBy.length === 0 ? "" : ` (${approvedBy.join(", ")})`;
  const end =
    leftSeconds === 0
      ? "the request has expired"
      : `the request expires in ${describeDuration(leftSeconds)}`;
  const why = reason === undefined ? "" : `; reason: ${reason}`;
  return `${String(given)} of ${String(required)} have approved${names}; ${end}${why}`;
}
