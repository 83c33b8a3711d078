import { AppError } from "@databox-cmk/errors";
import { CAMPAIGN_ORDER_STATES, CAMPAIGN_CALLS } from "@databox-cmk/protocol";

import { invalidMember } from "../../core/failure-error.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import { controlCampaign, findCampaign } from "../../key-life/campaigns/control-campaign.ts";
import { startCampaign } from "../../key-life/campaigns/start-campaign.ts";
import { type Campaign, listCampaigns } from "../../key-life/campaigns/stored-campaign.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { operator, queryValues } from "../arm/arm-route.ts";
import { nextOperatorPage, pageOf } from "../arm/links.ts";
import { readPageStart } from "../arm/list-routes.ts";
import { listSteps, renderCampaign } from "./render-campaign.ts";

/** Room for 20,000 resource ids of usual length; only an operator can send them. */
const MAX_BYTES = 4 * 1024 * 1024;
const PAGE = 50;
const ORDERS_PAGE = 500;
const ORDER = /^\/subscriptions\//i;
const CONTROLS = [
  ["pause", "Starts no further orders until it is resumed"],
  ["resume", "Resumes a paused campaign"],
  ["cancel", "Ends a campaign; finished orders stay as they are"],
] as const;

/**
 * Re-wraps of many orders: the operator starts, watches and stops them; the replica that holds the
 * work runs them.
 */
export function createCampaignRoutes(deps: Changing & Plane<"settings">): readonly Route[] {
  const { store, now } = deps;
  const view = async (campaign: Campaign) => renderCampaign(store, campaign, now());
  const named = (request: CallerRequest): Promise<Campaign> =>
    findCampaign(deps, request.parameters["campaignId"] ?? "");
  return [
    operator.bodyRoute(CAMPAIGN_CALLS.start, {
      action: actionOf("start/action"),
      summary: "Starts a re-wrap of many orders",
      maxBytes: MAX_BYTES,
      handle: async ({ body, context }) => {
        const { actor, isPerson } = context;
        if (actor.kind !== "caller") throw new AppError("AuthorizationFailed");
        const starter = { origin: "operator", actor, isPerson } as const;
        const id = await startCampaign(deps, { request: body, ...starter });
        return {
          status: 201,
          headers: { location: `${CAMPAIGN_CALLS.list.at[1]}/${id}` },
          json: await view(await findCampaign(deps, id)),
        };
      },
    }),
    operator.route(CAMPAIGN_CALLS.list, {
      action: actionOf("read"),
      summary: "Lists campaigns, newest first",
      handle: async (request) => {
        const campaigns = await listCampaigns(store, positionOf(request), PAGE + 1);
        const { page, nextLink } = pageOf(campaigns, PAGE, ({ createdAtMs, id }) =>
          nextOperatorPage(request, `${String(createdAtMs)} ${id}`),
        );
        const value = await Promise.all(page.map(view));
        return { json: { value, nextLink } };
      },
    }),
    operator.route(CAMPAIGN_CALLS.read, {
      action: actionOf("read"),
      summary: "Reads a campaign with its progress",
      handle: async (request) => ({ json: await view(await named(request)) }),
    }),
    operator.route(CAMPAIGN_CALLS.listOrders, {
      action: actionOf("read"),
      summary: "Lists the result for each order, and the reason",
      handle: async (request) => {
        const campaign = await named(request);
        const state = stateOf(request);
        const after = readPageStart(request, (text) => (ORDER.test(text) ? text : undefined)) ?? "";
        const steps = await listSteps(store, campaign, {
          state,
          after,
          limit: ORDERS_PAGE + 1,
        });
        const { page: value, nextLink } = pageOf(steps, ORDERS_PAGE, ({ order }) =>
          nextOperatorPage(request, order),
        );
        return { json: { value, nextLink } };
      },
    }),
    ...CONTROLS.map(([event, summary]) =>
      operator.route(CAMPAIGN_CALLS[event], {
        action: actionOf(`${event}/action`),
        summary,
        handle: async (request) => {
          const { id } = await named(request);
          await controlCampaign(deps, id, event, request.context);
          return { json: await view(await findCampaign(deps, id)) };
        },
      }),
    ),
  ];
}

const actionOf = (name: string) => `Microsoft.DataBox/operator/campaigns/${name}` as const;

function stateOf(request: CallerRequest): (typeof CAMPAIGN_ORDER_STATES)[number] | undefined {
  const [state] = queryValues(request, "state");
  if (state === undefined || state === "") return undefined;
  const known = CAMPAIGN_ORDER_STATES.find((each) => each.toLowerCase() === state.toLowerCase());
  if (known !== undefined) return known;
  throw invalidMember("state", `expected one of ${CAMPAIGN_ORDER_STATES.join(", ")}`);
}

function positionOf(request: CallerRequest): { atMs: number; id: string } | undefined {
  return readPageStart(request, (text) => {
    const [at = "", id = ""] = text.split(" ");
    return /^[0-9]{1,15}$/.test(at) ? { atMs: Number(at), id } : undefined;
  });
}
