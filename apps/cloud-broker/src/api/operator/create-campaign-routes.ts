import type { JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { CAMPAIGN_ORDER_STATES, campaignRequest } from "@databox-cmk/protocol";

import type { CallerRequest, Route } from "../../http/route.ts";
import { controlCampaign, findCampaign } from "../../key-life/campaigns/control-campaign.ts";
import { startCampaign } from "../../key-life/campaigns/start-campaign.ts";
import { type Campaign, listCampaigns } from "../../key-life/campaigns/stored-campaign.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { contextOf, parseBody, queryValues } from "../arm/arm-request.ts";
import { nextOperatorPage, parseSkipToken } from "../arm/links.ts";
import { listSteps, renderCampaign } from "./render-campaign.ts";

type BodyRequest = CallerRequest & { readonly body: JsonObject };

const CAMPAIGNS = "/operator/v1/campaigns";
/** Room for 20,000 resource ids of usual length; only an operator can send them. */
const MAX_BYTES = 4 * 1024 * 1024;
const PAGE = 50;
const ORDERS_PAGE = 500;

/**
 * Re-wraps of many orders: the operator starts, watches and stops them; the replica that holds the
 * work runs them.
 */
export function createCampaignRoutes(plane: ControlPlane): readonly Route[] {
  const { store, now } = plane;
  const view = async (campaign: Campaign) => renderCampaign(store, campaign, now());
  const named = (request: CallerRequest): Promise<Campaign> =>
    findCampaign(plane, request.parameters["campaignId"] ?? "");
  return [
    {
      ...row("POST", "", "start/action"),
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: async (request: BodyRequest) => {
        const asked = parseBody(campaignRequest, request.body);
        const { actor } = contextOf(request);
        if (actor.kind !== "caller") throw new AppError("AuthorizationFailed");
        const id = await startCampaign(plane, { request: asked, origin: "operator", actor });
        return {
          status: 201,
          headers: { location: `${CAMPAIGNS}/${id}` },
          body: { json: await view(await findCampaign(plane, id)) },
        };
      },
    },
    {
      ...row("GET", "", "read"),
      reads: "nothing",
      handle: async (request: CallerRequest) => {
        const campaigns = await listCampaigns(store, positionOf(request), PAGE + 1);
        const page = campaigns.slice(0, PAGE);
        const last = page.at(-1);
        const value = await Promise.all(page.map(view));
        const nextLink =
          campaigns.length > PAGE && last !== undefined
            ? { nextLink: nextOperatorPage(request, `${String(last.createdAtMs)} ${last.id}`) }
            : {};
        return { status: 200, body: { json: { value, ...nextLink } } };
      },
    },
    {
      ...row("GET", "/:campaignId", "read"),
      reads: "nothing",
      handle: async (request: CallerRequest) => ({
        status: 200,
        body: { json: await view(await named(request)) },
      }),
    },
    {
      ...row("GET", "/:campaignId/orders", "read"),
      reads: "nothing",
      handle: async (request: CallerRequest) => {
        const campaign = await named(request);
        const state = stateOf(request);
        const after = parseSkipToken(request.query.get("$skipToken")) ?? "";
        const steps = await listSteps(store, campaign, {
          state,
          after,
          limit: ORDERS_PAGE + 1,
        });
        const value = steps.slice(0, ORDERS_PAGE);
        const last = value.at(-1);
        const nextLink =
          steps.length > ORDERS_PAGE && last !== undefined
            ? { nextLink: nextOperatorPage(request, last.order) }
            : {};
        return { status: 200, body: { json: { value, ...nextLink } } };
      },
    },
    ...(["pause", "resume", "cancel"] as const).map((event): Route => ({
      ...row("POST", `/:campaignId/${event}`, `${event}/action`),
      reads: "nothing",
      handle: async (request: CallerRequest) => {
        const { id } = await named(request);
        await controlCampaign(plane, id, event, contextOf(request));
        return { status: 200, body: { json: await view(await findCampaign(plane, id)) } };
      },
    })),
  ];
}

function row<Method extends "GET" | "POST">(method: Method, path: string, action: string) {
  return {
    method,
    path: `${CAMPAIGNS}${path}`,
    authentication: "operator",
    action: `Microsoft.DataBox/operator/campaigns/${action}`,
  } as const;
}

function stateOf(request: CallerRequest): string | undefined {
  const [state] = queryValues(request, "state");
  if (state === undefined || state === "") return undefined;
  const known = CAMPAIGN_ORDER_STATES.find((each) => each.toLowerCase() === state.toLowerCase());
  if (known !== undefined) return known;
  throw new AppError("InvalidRequestContent", {
    target: "state",
    detail: `state: expected one of ${CAMPAIGN_ORDER_STATES.join(", ")}`,
  });
}

function positionOf(request: CallerRequest): { atMs: number; id: string } | undefined {
  const [at = "", id = ""] = (parseSkipToken(request.query.get("$skipToken")) ?? "").split(" ");
  return /^[0-9]{1,15}$/.test(at) ? { atMs: Number(at), id } : undefined;
}
