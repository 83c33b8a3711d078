import { AppError } from "@databox-cmk/errors";
import { type Call, PORTAL_PATHS, SESSION_CALLS } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import type { HasAccess } from "../../callers/has-access.ts";
import { ACTIONS } from "../../core/actions.ts";
import { orderIdOf } from "../../core/order.ts";
import { CHANGES_OF_RULES } from "../../core/permissions.ts";
import { parseBody } from "../../http/read-body.ts";
import type { ReadonlyView, ServedRoute, RouteRequest, SessionRequest } from "../../http/route.ts";

const WRITE_MAX_BYTES = 64 * 1024;

/**
 * The broker's own API for the portal's pages: the same rows, handlers, limits and rights, but the
 * caller is the person of the session. Nothing is sent over a network.
 */
export function createOwnApiRoutes(api: readonly ServedRoute[]): readonly ServedRoute[] {
  return api.flatMap((route) => {
    if (route.authentication !== "caller" && route.authentication !== "operator") return [];
    const below = PORTAL_PATHS[route.authentication];
    const own = { by: "session" as const, below, path: `${below}${route.path}` };
    // It is written whole, so a resource which was not read first would be lost.
    if (
      route.method === "PUT" &&
      route.reads === "json" &&
      route.described?.headers !== undefined
    ) {
      const handle: typeof route.handle = (request) => {
        requirePrecondition(request);
        return route.handle(request);
      };
      return [{ ...route, ...own, handle }];
    }
    return [{ ...route, ...own }];
  });
}

/**
 * A page has shown what it writes over, or believes that nothing is there; it says which.
 *
 * @throws {AppError} PreconditionFailed
 */
function requirePrecondition(request: RouteRequest): void {
  const names = ["if-match", "if-none-match"];
  if (names.some((name) => (request.header(name) ?? "").trim() !== "")) return;
  throw new AppError("PreconditionFailed", {
    target: "If-Match",
    detail: "a page has to send If-Match or If-None-Match with this change",
  });
}

/**
 * Tells a page which actions the roles of its person allow on an order, or on everything in a
 * subscription, so that it offers no command that would be refused. It decides nothing: each call
 * is checked again.
 */
export function createPermissionRoutes(hasAccess: HasAccess): readonly ServedRoute[] {
  return [SESSION_CALLS.permissionsOfSubscription, SESSION_CALLS.permissionsOfOrder].map((call) =>
    pageRoute(call, async ({ caller, parameters }) => {
      const { subscriptionId = "", resourceGroup = "", jobName } = parameters;
      const scope =
        jobName === undefined
          ? `/subscriptions/${subscriptionId}`
          : orderIdOf({ subscriptionId, resourceGroup, name: jobName });
      const actions: string[] = [];
      for (const action of ACTIONS)
        if (await hasAccess(caller, action, scope)) actions.push(action);
      return { actions, changes: CHANGES_OF_RULES };
    }),
  );
}

type PageCall<Known> = Pick<Call, "at"> & { readonly answers: Known };

/** A read of the portal's own, for every signed-in person. */
export function pageRoute<View>(
  { at: [method, path], answers }: PageCall<{ readonly 200: z.ZodMiniType<View> }>,
  read: (request: SessionRequest) => ReadonlyView<View> | Promise<ReadonlyView<View>>,
): ServedRoute {
  return {
    method,
    path,
    described: { summary: "For pages of the portal", answers },
    authentication: "session",
    reads: "nothing",
    handle: async (request) => ({ status: 200, body: { json: await read(request) } }),
  };
}

/** A write of the portal's own, for every signed-in person; answered without a body. */
export function pageWrite<Body>(
  call: PageCall<{ readonly 204: undefined }> & { readonly body: z.ZodMiniType<Body> },
  write: (request: SessionRequest, body: Body) => Promise<void>,
): ServedRoute {
  const { at, body, answers } = call;
  const [method, path] = at;
  return {
    method,
    path,
    described: { summary: "For pages of the portal", body, answers },
    authentication: "session",
    reads: "json",
    maxBytes: WRITE_MAX_BYTES,
    handle: async (request) => {
      await write(request, parseBody(body, request.body));
      return { status: 204 };
    },
  };
}
