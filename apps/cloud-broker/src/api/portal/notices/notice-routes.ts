import { AppError } from "@databox-cmk/errors";
import {
  describeIdentifier,
  isIdentifier,
  NOTICE_CALLS,
  NOTICE_SUBSCRIPTIONS_MAX,
} from "@databox-cmk/protocol";

import type { ServedRoute, SessionRequest } from "../../../http/route.ts";
import { pageRoute, pageWrite } from "../own-api-routes.ts";
import { markRead, type NoticeDependencies, readNotices } from "./read-notices.ts";

/** The bell: news for the person of the session, and how far they have read them. */
export function createNoticeRoutes(dependencies: NoticeDependencies): readonly ServedRoute[] {
  const read = (request: SessionRequest) =>
    readNotices(dependencies, request.caller, subscriptionsOf(request), readsAnyKind(request));
  return [
    pageRoute(NOTICE_CALLS.list, async (request) => ({ value: await read(request) })),
    pageWrite(NOTICE_CALLS.markRead, async (request, wanted) => {
      // Only ids that the person sees are kept.
      const seen = new Set((await read(request)).map(({ id }) => id));
      const ids = [...new Set(wanted.ids)].filter((id) => seen.has(id));
      await markRead(dependencies.store, request.caller.objectId, ids, dependencies.now());
    }),
  ];
}

/** Whether the page leaves out kinds that it does not know, as the first pages did not. */
export const readsAnyKind = ({ query }: SessionRequest): boolean => query.get("kinds") === "any";

/**
 * The subscriptions that the page asks about, in lower case.
 *
 * @throws {AppError} InvalidRequestContent
 */
export function subscriptionsOf({ query }: SessionRequest): readonly string[] {
  const ids = [...new Set(query.getAll("subscriptionId").map((id) => id.toLowerCase()))];
  const wrong = ids.find((id) => !isIdentifier("subscriptionId", id));
  if (wrong === undefined && ids.length <= NOTICE_SUBSCRIPTIONS_MAX) return ids;
  throw new AppError("InvalidRequestContent", {
    target: "subscriptionId",
    detail:
      wrong === undefined
        ? `subscriptionId: more than ${String(NOTICE_SUBSCRIPTIONS_MAX)}`
        : describeIdentifier("subscriptionId", wrong),
  });
}
