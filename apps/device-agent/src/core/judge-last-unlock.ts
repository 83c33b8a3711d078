import { explain, type Finding, isErrorCode } from "@databox-cmk/errors";
import type { JournalRow } from "@databox-cmk/protocol";

import { describeDuration } from "./describe-duration.ts";

type Row = Pick<JournalRow, "event" | "at" | "facts">;

const EVENTS: ReadonlySet<string> = new Set(["unlocked", "unlock-denied", "relocked"]);

/**
 * Whether the last unlock was refused, or the volume closed by an order: until an unlock succeeds,
 * that is the best that the node knows about its key.
 *
 * @param rows - newest last
 */
export function judgeLastUnlock(rows: readonly Row[], nowMs: number): Finding {
  const last = rows.findLast(({ event }) => EVENTS.has(event));
  if (last === undefined) return { ok: true, found: "none yet" };
  const ago = `${describeDuration((nowMs - Date.parse(last.at)) / 1000)} ago`;
  const { code, reason, cause } = last.facts;
  const isClosed = last.event === "relocked";
  if (last.event === "unlocked") return { ok: true, found: `unlocked ${ago}` };
  if (typeof code !== "string" || !isErrorCode(code) || explain(code).class !== "refused")
    return {
      ok: true,
      found: `${isClosed ? "closed" : "not answered by a key"} ${ago} (${String(code ?? cause)})`,
    };
  return {
    ok: false,
    failure: {
      code,
      reason: typeof reason === "string" && reason !== "" ? reason : undefined,
      detail: `${isClosed ? "the open volume was closed by the broker's order" : "refused"} ${ago}; databox-agent unlock asks again`,
    },
  };
}
