import type { Route } from "../../http/route.ts";

export type SessionView = {
  readonly tenantId: string;
  readonly armUrl: string;
  readonly brokerUrl: string;
  readonly vaultSuffixes: readonly string[];
};

/** The signed-in person, and the settings that a page needs. */
export function createSessionRoutes(view: SessionView): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/portal/api/session",
      authentication: "session",
      reads: "nothing",
      handle: ({ caller, session }) =>
        Promise.resolve({
          status: 200,
          body: {
            json: {
              name: session.content.name,
              userName: caller.name,
              objectId: caller.objectId,
              roles: caller.roles,
              csrfToken: session.csrfToken,
              expiresAt: new Date(session.expiresAtMs).toISOString(),
              ...view,
            },
          },
        }),
    },
  ];
}
