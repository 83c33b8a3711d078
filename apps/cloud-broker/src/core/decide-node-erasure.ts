import { COMPLETIONS } from "@databox-cmk/protocol";

import { failed } from "./failed.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Outcome } from "./ports.ts";
import { stageRules } from "./stages.ts";

const COPIED: ReadonlySet<string> = new Set(COMPLETIONS);

/**
 * Whether a node of the order may be erased, which cannot be undone: after a completed copy, after
 * its owner gave up its data, or after an operator erased the keys of an order that had failed.
 */
export function decideNodeErasure(order: Lifecycle): Outcome<undefined> {
  const { stage, stageStatus, erased } = order;
  const allowed =
    erased || COPIED.has(stage) || stageStatus === "CustomerActionPerformedForCleanUp";
  if (allowed) return { ok: true, value: undefined };
  return failed({
    code: "ErasureForbidden",
    reason: reasonOf(order),
    detail: `the order is in stage ${stage} with status ${stageStatus}`,
  });
}

function reasonOf({ stage }: Lifecycle): "copy" | "failed" | undefined {
  if (stage === "AtAzureDC" || stage === "DataCopy") return "copy";
  return stageRules(stage).terminal ? "failed" : undefined;
}
