import { activityFilter, activityList } from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { type ActivityRow, readActivity } from "../../orders/read-activity.ts";
import { arm, type ArmRequest } from "./arm-route.ts";
import { nextPageUrl, parseSkipToken, renderSkipToken } from "./links.ts";
import { PATHS } from "./paths.ts";
import { readFilter } from "./read-filter.ts";

const PAGE = 100;
const FILTERS = ["newestFirst", "action", "outcome", "search", "from", "to"] as const;

/** The order's audit chain, for its owner. */
export function createActivityRoutes({ store, settings }: ControlPlane): readonly Route[] {
  return [
    arm.route({
      at: ["GET", `${PATHS.job}/activity`],
      action: "Microsoft.DataBox/jobs/activity/read",
      summary: "Reads the audit rows of an order, filtered, page by page (extension)",
      query: ["$skipToken", "newestFirst", "action", "outcome", "search", "from", "to"],
      answers: { 200: activityList },
      handle: async (request) => {
        const { given, filter } = readFilter(request, FILTERS, activityFilter);
        const order = await findOrder(store, request.order);
        const page = await readActivity(store, order.id, filter, {
          position: readPosition(request),
          limit: PAGE,
        });
        const nextLink =
          page.position === undefined
            ? undefined
            : nextPageUrl(
                { armUrl: settings.armUrl, apiVersion: request.apiVersion },
                request.path,
                renderSkipToken(String(page.position)),
                given,
              );
        return { json: { value: page.rows.map(renderRow), nextLink } };
      },
    }),
  ];
}

function readPosition(request: ArmRequest): number | undefined {
  const token = parseSkipToken(request.query.get("$skipToken"));
  return token !== undefined && /^\d{1,15}$/.test(token) ? Number(token) : undefined;
}

function renderRow({ sequence, atMs, hash, row }: ActivityRow) {
  return { sequence, at: renderTime(atMs), hash, row };
}
