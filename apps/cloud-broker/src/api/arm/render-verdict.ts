import { explain, type Facts, recoveryOf, withoutUndefined } from "@databox-cmk/errors";
import type { CloudError, OrderSummary, VerdictView } from "@databox-cmk/protocol";

import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { decideShipping } from "../../core/decide-shipping.ts";
import { type Cause, repairOf } from "../../core/verdict.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { OrderVerdict } from "../../release/verdict/read-verdicts.ts";

export function renderVerdict({ verdict, facts, names }: OrderVerdict): VerdictView {
  const { causes, state, channels, approvals, nextStep, until, otherwise } = verdict;
  return {
    shipping: decideShipping(facts, verdict),
    state,
    channels: [...channels],
    approvals,
    causes: causes.map((cause) => ({
      ...cloudErrorOf({ ...cause, facts: factsOf(cause, names) }),
      serial: cause.serial,
    })),
    nextStep,
    until: until && { at: renderTime(until.atMs), by: until.by },
    otherwise,
  };
}

export function renderVerdictSummary({ verdict, facts }: OrderVerdict): OrderSummary["unlock"] {
  const { causes, state, nextStep } = verdict;
  const shipping = decideShipping(facts, verdict)?.light;
  return { state, code: causes[0]?.code, nextStep, shipping };
}

/**
 * `properties.error`: a person must repair it. That of a halted copy is as in Data Box, and its
 * steps are those of now: the key may have been mended since.
 */
export function renderOrderError(
  { verdict, names }: OrderVerdict,
  told: CloudError | undefined,
): CloudError | undefined {
  const cause = repairOf(verdict);
  if (cause === undefined) return told;
  const facts = factsOf(cause, names);
  if (told === undefined) return cloudErrorOf({ ...cause, facts });
  const { code, reason } = cause;
  const recovery = recoveryOf(code, { reason, facts });
  const own = explain(code, { reason, facts, for: recovery.who }).steps;
  const then = explain(COPY_HALTED, { reason: "mended", facts: names }).steps;
  const steps = code === COPY_HALTED ? own : [...own, ...then];
  return { ...told, additionalInfo: [{ type: "Recovery", info: { code, ...recovery, steps } }] };
}

const COPY_HALTED = "SsemUserCopyErrorWaitingForAction";

const factsOf = ({ serial, facts }: Cause, names: Facts): Facts => ({
  ...names,
  ...withoutUndefined({ serial }),
  ...facts,
});
