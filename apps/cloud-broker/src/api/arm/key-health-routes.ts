import { type KeyHealthView, KEY_HEALTH_CALLS } from "@databox-cmk/protocol";

import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { describeRisk, HEALTH_WORDS, type KeyHealth } from "../../core/key-health.ts";
import type { EpochMs } from "../../core/order.ts";
import { recoveryFacts } from "../../core/recovery-facts.ts";
import { expectedEndMs, stageRules } from "../../core/stages.ts";
import { renderTime } from "../../core/wire-time.ts";
import { readHealth, type StoredHealth } from "../../custody/stored-health.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import type { Order } from "../../orders/order.ts";
import { readVerdict, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { arm, type Reply } from "./arm-route.ts";

/** A read makes no vault call; a check makes one. */
export function createKeyHealthRoutes(
  deps: Plane<"settings" | "checkKeyNow"> & VerdictDependencies,
): readonly Route[] {
  const render = async (order: Order): Promise<Reply<KeyHealthView>> => {
    const stored = await readHealth(deps.store, order.id);
    const isWatched = order.key.kekType === "CustomerManaged" && !stageRules(order.stage).terminal;
    const { keyHealthIntervalSeconds: seconds } = deps.settings;
    const { verdict } = await readVerdict(deps, order.name);
    const { nextStep } = verdict;
    if (isWatched && stored !== undefined) {
      const checkIntervalSeconds = seconds > 0 ? seconds : undefined;
      return {
        json: { ...renderHealth(order, stored, deps.now()), checkIntervalSeconds, nextStep },
      };
    }
    const isDone = verdict.state === "Ready" || stageRules(order.stage).terminal;
    return { json: isDone ? NOT_WATCHED : { ...NOT_WATCHED, nextStep } };
  };
  return [
    arm.route(KEY_HEALTH_CALLS.read, {
      action: "Microsoft.DataBox/jobs/keyHealth/read",
      summary: "Reads whether the key of an order is usable, as of the last check (extension)",
      handle: async (request) => render(await findOrder(deps.store, request.order)),
    }),
    arm.route(KEY_HEALTH_CALLS.check, {
      action: "Microsoft.DataBox/jobs/keyHealth/check/action",
      summary: "Checks the key of an order now, and returns the same as the read (extension)",
      handle: async (request) => {
        const order = await findOrder(deps.store, request.order);
        await deps.checkKeyNow(order.id);
        return render(order);
      },
    }),
  ];
}

const NOT_WATCHED: KeyHealthView = {
  state: "NotWatched",
  risks: [],
  nextStep: {
    who: "nobody",
    text: "Nothing: the order has ended, or it uses the service's own key, for which the service is responsible.",
  },
};

function renderHealth(
  order: Order,
  stored: StoredHealth,
  nowMs: EpochMs,
): Omit<KeyHealthView, "nextStep"> {
  const { health, kid, recoverableDays, checkedAtMs, changedAtMs, inconclusive } = stored;
  const entered = order.stages.find(({ stage }) => stage === order.stage)?.enteredAtMs;
  return {
    state: HEALTH_WORDS[health.state],
    kid,
    checkedAt: renderTime(checkedAtMs),
    ageSeconds:
      checkedAtMs === undefined ? undefined : Math.max(0, Math.floor((nowMs - checkedAtMs) / 1000)),
    changedAt: renderTime(changedAtMs),
    expectedEnd:
      entered === undefined ? undefined : renderTime(expectedEndMs(order.stage, entered)),
    recoverableDays,
    risks: renderRisks(health, nowMs),
    error:
      health.state === "unusable"
        ? cloudErrorOf({ ...health, facts: { ...recoveryFacts(order), ...health.facts } })
        : undefined,
    inconclusive:
      inconclusive === undefined
        ? undefined
        : { code: inconclusive.code, at: renderTime(inconclusive.atMs) },
  };
}

function renderRisks(health: KeyHealth, nowMs: EpochMs): KeyHealthView["risks"] {
  if (health.state !== "at-risk") return [];
  return health.risks.map((risk) => ({
    risk: risk.risk,
    message: describeRisk(risk, nowMs),
    at: renderTime(risk.atMs),
  }));
}
