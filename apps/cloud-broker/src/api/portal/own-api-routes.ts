import type { Route } from "../../http/route.ts";

const BELOW = { caller: "/portal/api/arm", operator: "/portal/api" } as const;

/**
 * The broker's own API once more, for pages: the same rows, handlers, limits and rights, but the caller is the person of
 * the session. Nothing is sent over a network.
 */
export function createOwnApiRoutes(api: readonly Route[]): readonly Route[] {
  return api.flatMap((route) => {
    if (route.authentication !== "caller" && route.authentication !== "operator") return [];
    const below = BELOW[route.authentication];
    return [{ ...route, by: "session" as const, below, path: `${below}${route.path}` }];
  });
}
