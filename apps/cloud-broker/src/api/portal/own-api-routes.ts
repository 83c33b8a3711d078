import { AppError } from "@databox-cmk/errors";

import type { Route, RouteRequest } from "../../http/route.ts";

const BELOW = { caller: "/portal/api/arm", operator: "/portal/api" } as const;
/** Resources that a PUT writes whole, so that one which was not read first would be lost. */
const WRITTEN_WHOLE = /\/(?:unlockPolicy|backupKeys\/:backupKey)$/;

/**
 * The broker's own API for the portal's pages: the same rows, handlers, limits and rights, but the
 * caller is the person of the session. Nothing is sent over a network.
 */
export function createOwnApiRoutes(api: readonly Route[]): readonly Route[] {
  return api.flatMap((route) => {
    if (route.authentication !== "caller" && route.authentication !== "operator") return [];
    const below = BELOW[route.authentication];
    const own = { by: "session" as const, below, path: `${below}${route.path}` };
    if (route.method === "PUT" && route.reads === "json" && WRITTEN_WHOLE.test(route.path)) {
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
