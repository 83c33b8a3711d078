import { decideNextStep, type Facts } from "@databox-cmk/errors";
import { type KeyValidationResult, JOB_CALLS } from "@databox-cmk/protocol";

import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { valueOf } from "../../core/failure-error.ts";
import { decideKeyChoice } from "../../core/patch-key-choice.ts";
import { CHECK_WORDS, type Failure, type KeyCheck } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { KeyChecks } from "../../custody/key-custody.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { keySubjectOf } from "../../orders/key-subject.ts";
import { candidateIdentities } from "../../orders/realise-identities.ts";
import { arm } from "./arm-route.ts";

/** Extensions that Azure does not have: the checks of a key before anything changes. */
export function createExtensionRoutes(
  deps: Plane<"store" | "now" | "settings" | "identities"> & { readonly custody: KeyChecks },
): readonly Route[] {
  return [
    arm.bodyRoute(JOB_CALLS.validateKey, {
      action: "Microsoft.DataBox/jobs/validateKeyEncryptionKey/action",
      summary: "Runs every check of a key and changes nothing (extension)",
      handle: async (request) => {
        const order = await findOrder(deps.store, request.order);
        const candidate = valueOf(
          decideKeyChoice(
            order.key,
            request.body.keyEncryptionKey ?? {},
            deps.settings.allowRevertToMicrosoftManaged,
          ),
        );
        const { identity } = request.body;
        const identities = await candidateIdentities(deps, order, identity, request.context);
        const { checks, outcome } = await deps.custody.validate(
          await keySubjectOf(deps, { ...order, identities }),
          candidate,
        );
        const names = { correlationId: request.context.correlationId };
        const json: KeyValidationResult = {
          status: outcome.ok ? "Valid" : "Invalid",
          kid: outcome.ok && outcome.value.kid !== undefined ? outcome.value.kid : undefined,
          checkedAt: renderTime(deps.now()),
          checks: checks.map((check) => renderCheck(check, names)),
          nextStep: decideNextStep(outcome.ok ? undefined : named(outcome.failure, names)),
        };
        return { json };
      },
    }),
  ];
}

function named(failure: Failure, names: Facts): Failure {
  return { ...failure, facts: { ...names, ...failure.facts } };
}

function renderCheck(check: KeyCheck, names: Facts): KeyValidationResult["checks"][number] {
  const { failure, unread = [] } = check;
  return {
    name: check.name,
    status: CHECK_WORDS[check.status],
    elapsedMs: check.elapsedMs,
    error: failure === undefined ? undefined : cloudErrorOf(named(failure, names)),
    unread: unread.length === 0 ? undefined : [...unread],
  };
}
