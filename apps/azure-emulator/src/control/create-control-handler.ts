import type { HttpHandler } from "../http/message.ts";
import { createRouter } from "../http/route-table.ts";
import { refuseBrowser, refuseControl, type ControlDependencies } from "./control-request.ts";
import { directoryRoutes } from "./directory-routes.ts";
import { worldRoutes } from "./world-routes.ts";

/**
 * The control API on `control.localhost`: JSON, for anyone who may run programs on this machine.
 */
export function createControlHandler(dependencies: ControlDependencies): HttpHandler {
  const route = createRouter(
    [...directoryRoutes(dependencies), ...worldRoutes(dependencies)],
    (_request, match) =>
      match.kind === "wrong-method"
        ? refuseControl(405, "MethodNotAllowed", `Allowed here: ${match.allowed.join(", ")}.`)
        : refuseControl(
            404,
            "NotFound",
            "The control API has no such path; the README lists its paths.",
          ),
  );
  return (request) => refuseBrowser(request) ?? route(request);
}
