import { explain, readableByFormer, withoutUndefined } from "@databox-cmk/errors";
import type { Denial } from "@databox-cmk/protocol";

import { cut } from "../../core/fit-denial.ts";
import type { Failure } from "../../core/ports.ts";
import { waitSecondsOf } from "../../core/wait-seconds.ts";

export type DenialContext = {
  readonly requestHash: string;
  readonly correlationId: string;
  readonly serial?: string | undefined;
  readonly order?: string | undefined;
};

const TEXT_MAX_CHARACTERS = 1000;

/**
 * The denial that a device receives for a failure: the row of the table, its reason and facts,
 * bound to the request by its hash.
 */
export function renderDenial(found: Failure, context: DenialContext): Denial {
  const failure = readableByFormer(found);
  const retryAfterSeconds = waitSecondsOf(failure);
  const explanation = explain(failure.code, {
    reason: failure.reason,
    facts: {
      ...orderFacts(context),
      ...failure.facts,
      ...withoutUndefined({ retryAfterSeconds }),
    },
  });
  return {
    requestHash: context.requestHash,
    code: explanation.code,
    reason: explanation.reason,
    class: explanation.class,
    who: explanation.who,
    title: explanation.title,
    message: text(
      failure.detail === undefined
        ? explanation.message
        : `${explanation.message}: ${failure.detail}`,
    ),
    ask: text(explanation.ask),
    steps: explanation.steps.map((step) =>
      step.command === undefined
        ? { text: text(step.text) }
        : { text: text(step.text), command: text(step.command) },
    ),
    correlationId: context.correlationId,
    vaultRequestId: failure.vaultRequestId,
    retryAfterSeconds,
  };
}

/**
 * Names for the steps. An order id has the form
 * /subscriptions/{1}/resourcegroups/{3}/providers/microsoft.databox/jobs/{7}.
 */
function orderFacts({ order, serial, correlationId }: DenialContext): Record<string, string> {
  const segments = order?.split("/").slice(1) ?? [];
  const facts = {
    correlationId,
    serial,
    orderId: order,
    subscriptionId: segments[1],
    resourceGroup: segments[3],
    orderName: segments[7],
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const text = (value: string): string => cut(value, TEXT_MAX_CHARACTERS);
