import { AppError } from "@databox-cmk/errors";
import {
  apiVersionTraits,
  type JobDetailsView,
  type JobResourceList,
  parseWith,
  JOB_CALLS,
} from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { invalidMember } from "../../core/failure-error.ts";
import { type OrderId, foldOrderId } from "../../core/order.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { requireResourceGroup } from "../../orders/find-order.ts";
import {
  idsIn,
  type ListedOrder,
  type OrderScope,
  readDetailedPage,
  readOrderPage,
} from "../../orders/read-order.ts";
import { readVerdicts, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { arm, type ArmRequest, queryValues, type Reply } from "./arm-route.ts";
import { nextPageUrl, pageOf, parseSkipToken } from "./links.ts";
import { renderPartialDetails } from "./render-details.ts";
import { renderListedJob } from "./render-job.ts";

const SMALLEST_PAGE = 20;
const LARGEST_PAGE = 100;

/** Lists of orders, page by page: a list never reads more than one page of them. */
export function createListRoutes(deps: Plane<"settings"> & VerdictDependencies): readonly Route[] {
  const list = async (request: ArmRequest, scope: OrderScope): Promise<Reply<JobResourceList>> => {
    const limit = readPageSize(request);
    const { apiVersion } = request;
    const position = readPosition(request, scope);
    // One more row than the page shows whether there is another page, without counting.
    const orders: readonly {
      readonly order: ListedOrder;
      readonly details: JobDetailsView | undefined;
    }[] = apiVersionTraits(apiVersion).detailedLists
      ? (await readDetailedPage(deps.store, scope, position, limit + 1)).map((order) => ({
          order,
          details: renderPartialDetails(order),
        }))
      : (await readOrderPage(deps.store, scope, position, limit + 1)).map((order) => ({
          order,
          details: undefined,
        }));
    const [top] = queryValues(request, "$top");
    const { page, nextLink } = pageOf(orders, limit, ({ order }) =>
      nextPageUrl(deps.settings.armUrl, request, order.id, top === undefined ? {} : { $top: top }),
    );
    const ids = page.map(({ order }) => order.id);
    const verdicts = await readVerdicts(deps, ids);
    const value = page.map(({ order, details }) =>
      renderListedJob(order, apiVersion, verdicts.get(order.id), details),
    );
    return { json: { value, nextLink } };
  };

  return [
    arm.route(JOB_CALLS.listOfGroup, {
      action: "Microsoft.DataBox/jobs/read",
      summary: "Lists the orders of a resource group",
      handle: (request) => {
        const { subscriptionId = "", resourceGroup = "" } = request.parameters;
        requireResourceGroup(resourceGroup);
        return list(request, { subscriptionId, resourceGroup });
      },
    }),
    arm.route(JOB_CALLS.listOfSubscription, {
      action: "Microsoft.DataBox/jobs/read",
      summary: "Lists the orders of a subscription",
      handle: (request) => {
        const { subscriptionId = "" } = request.parameters;
        return list(request, { subscriptionId });
      },
    }),
  ];
}

/** @throws {AppError} InvalidRequestContent */
export function readPageSize(request: CallerRequest): number {
  const [top] = queryValues(request, "$top");
  if (top === undefined) return SMALLEST_PAGE;
  const wanted = Number(top);
  if (!Number.isInteger(wanted) || wanted < 1)
    throw invalidMember("$top", "expected a whole number from 1");
  return Math.min(LARGEST_PAGE, Math.max(SMALLEST_PAGE, wanted));
}

/** A position outside the scope would show another subscription's orders, so it is refused. */
export function readPosition(request: CallerRequest, scope: OrderScope): OrderId | undefined {
  const { after } = idsIn(scope);
  return readPageStart(request, (text) => (text.startsWith(after) ? foldOrderId(text) : undefined));
}

/**
 * The position in a page's nextLink; undefined for the first page.
 *
 * @param parse - undefined for a text that is not a position in this list: as the first page, it
 * would send its caller round for ever
 * @throws {AppError} InvalidRequestContent
 */
export function readPageStart<Position>(
  request: CallerRequest,
  parse: (text: string) => Position | undefined,
): Position | undefined {
  const [token = ""] = queryValues(request, "$skipToken");
  if (token === "") return undefined;
  const position = parse(parseSkipToken(token) ?? "");
  if (position === undefined) throw invalidMember("$skipToken", "not a token from this list");
  return position;
}

/**
 * The filters of a list.
 *
 * @returns also the query parameters, for the link to the next page.
 * @throws {AppError} InvalidRequestContent
 */
export function readFilter<Filter>(
  request: CallerRequest,
  schema: z.ZodMiniObject & z.ZodMiniType<Filter>,
): { readonly given: Readonly<Record<string, string>>; readonly filter: Filter } {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => {
      const [value] = queryValues(request, name);
      return value === undefined || value === "" ? [] : [[name, value] as const];
    }),
  );
  const parsed = parseWith(schema, given, "query");
  if (parsed.ok) return { given, filter: parsed.value };
  throw new AppError("InvalidRequestContent", { target: "query", detail: parsed.detail });
}
