import type { DataBoxUpstream, EmulatorDependencies } from "../dependencies.ts";
import type { HttpHandler } from "../http/message.ts";
import { createRouter, type Route } from "../http/route-table.ts";
import { refuseBrowser, refuseControl } from "./control-request.ts";
import { directoryRoutes } from "./directory-routes.ts";
import { worldRoutes } from "./world-routes.ts";

export type ControlRoute = Route<undefined>;
export type ControlDependencies = Pick<
  EmulatorDependencies,
  "state" | "now" | "settings" | "cloud" | "issuerKeys"
> & {
  readonly setDataBoxUpstream: (upstream: DataBoxUpstream) => void;
};

/** The control API on `control.localhost`: JSON, for whoever may run programs on this machine. */
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
