import {
  type OrderSummary,
  orderSummaryFilter,
  type OrderSummaryPage,
  ORDER_SUMMARY_CALLS,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { HEALTH_WORDS } from "../../core/key-health.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import type { OrderScope } from "../../orders/read-order.ts";
import {
  countOrders,
  readSummaryPage,
  type SummarisedOrder,
} from "../../release/verdict/read-summaries.ts";
import type { VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { arm, operator, type Reply } from "./arm-route.ts";
import { nextOperatorPage, nextPageUrl, resourceIdOf } from "./links.ts";
import { readPageSize, readPosition, readFilter } from "./list-routes.ts";
import { renderVerdictSummary } from "./render-verdict.ts";

/** A newer replica may have written another state. */
const words: Readonly<Record<string, OrderSummary["keyHealth"]["state"]>> = HEALTH_WORDS;
const risks = z.array(z.object({ atMs: z.optional(z.number()) }));

/**
 * The columns of a list of orders: stage, key, its health and whether the nodes are open. Makes no
 * vault call.
 */
export function createSummaryRoutes(
  deps: Plane<"settings"> & VerdictDependencies,
): readonly Route[] {
  return [
    arm.route(ORDER_SUMMARY_CALLS.ofSubscription, {
      action: "Microsoft.DataBox/jobs/read",
      summary:
        "Lists orders with key, key health and the lock of their nodes; filtered, page by page",
      handle: (request) => {
        const scope = { subscriptionId: request.parameters["subscriptionId"] ?? "" };
        return list(deps, request, scope, (position, { filters, limit }) =>
          nextPageUrl(deps.settings.armUrl, request, position, { ...filters, $top: String(limit) }),
        );
      },
    }),
    operator.route(ORDER_SUMMARY_CALLS.ofEveryCustomer, {
      action: "Microsoft.DataBox/operator/orderSummaries/read",
      summary: "Lists the orders of every customer; filtered, page by page",
      handle: (request: CallerRequest) =>
        list(deps, request, "all", (position) => nextOperatorPage(request, position)),
    }),
  ];
}

type Asked = { readonly filters: Readonly<Record<string, string>>; readonly limit: number };

async function list(
  deps: Plane<"settings"> & VerdictDependencies,
  request: CallerRequest,
  scope: OrderScope,
  nextLinkOf: (position: string, asked: Asked) => string,
): Promise<Reply<OrderSummaryPage>> {
  const { given: filters, filter } = readFilter(request, orderSummaryFilter);
  const after = readPosition(request, scope);
  const limit = readPageSize(request);
  const page = await readSummaryPage(deps, scope, filter, { after, limit });
  const isWhole = after === undefined && Object.keys(filters).length === 0;
  const body: OrderSummaryPage = {
    value: page.orders.map(renderSummary),
    nextLink: page.after === undefined ? undefined : nextLinkOf(page.after, { filters, limit }),
    total: isWhole ? await countOrders(deps.store, scope) : undefined,
  };
  return { json: body };
}

function renderSummary({ row, isWatched, nodes, found }: SummarisedOrder): OrderSummary {
  return {
    id: resourceIdOf({
      name: {
        subscriptionId: row.subscription_id,
        resourceGroup: row.resource_group,
        name: row.name,
      },
    }),
    name: row.name,
    customer: row.customer ?? undefined,
    resourceGroup: row.resource_group,
    location: row.location,
    sku: row.sku,
    transferType: row.transfer_type,
    stage: row.stage,
    stageStatus: row.stage_status,
    createdAt: renderTime(row.created_at_ms),
    encryption: {
      kekType: row.kek_type ?? "MicrosoftManaged",
      kekUrl: row.kek_url ?? undefined,
      identityType: row.identity_type ?? undefined,
    },
    keyHealth: renderHealth(row, isWatched),
    nodes: nodes.map(({ serial, lock, sinceMs }) => ({
      serial,
      lock,
      since: renderTime(sinceMs),
    })),
    unlock: renderVerdictSummary(found),
  };
}

function renderHealth(row: SummarisedOrder["row"], isWatched: boolean): OrderSummary["keyHealth"] {
  if (!isWatched) return { state: "NotWatched" };
  const state = words[row.health_state ?? "unknown"] ?? "Unknown";
  const times = risks.parse(JSON.parse(row.risks_json ?? "[]")).flatMap(({ atMs }) => atMs ?? []);
  return {
    state,
    code: row.health_code ?? undefined,
    riskAt: times.length === 0 ? undefined : renderTime(Math.min(...times)),
  };
}
