import type { Route } from "../../../http/route.ts";
import type { PortalEvents } from "./create-events.ts";

export function createEventRoutes(events: PortalEvents): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/portal/api/events",
      authentication: "session",
      reads: "nothing",
      handle: ({ session, caller }) => {
        const stream = events.listen(session, caller);
        return Promise.resolve({
          status: 200,
          // Proxies that buffer answers would hold the events back.
          headers: { "x-accel-buffering": "no" },
          body: { stream, mediaType: "text/event-stream; charset=utf-8" },
        });
      },
    },
  ];
}
