import { explain, type Finding, isErrorCode } from "@databox-cmk/errors";
import type { JournalRow } from "@databox-cmk/protocol";

import { describeDuration } from "./describe-duration.ts";

type Row = Pick<JournalRow, "event" | "at" | "facts">;

/**
 * Whether the last unlock was refused: until one succeeds, the refusal is the best that the node
 * knows about its key.
 *
 * @param rows - newest last
 */
export function judgeLastUnlock(rows: readonly Row[], nowMs: number): Finding {
  const last = rows.findLast(({ event }) => event === "unlocked" || event === "unlock-denied");
  if (last === undefined) return { ok: true, found: "none yet" };
  const ago = `${describeDuration((nowMs - Date.parse(last.at)) / 1000)} ago`;
  const { code, reason } = last.facts;
  if (last.event === "unlocked") return { ok: true, found: `unlocked ${ago}` };
  if (typeof code !== "string" || !isErrorCode(code) || explain(code).class !== "refused")
    return { ok: true, found: `not answered by a key ${ago} (${String(code)})` };
  return {
    ok: false,
    failure: {
      code,
      reason: typeof reason === "string" && reason !== "" ? reason : undefined,
      detail: `refused ${ago}; databox-agent unlock asks again`,
    },
  };
}
