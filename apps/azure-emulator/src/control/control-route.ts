import type { DataBoxUpstream, EmulatorDependencies } from "../dependencies.ts";
import type { Route } from "../http/route-table.ts";

export type ControlRoute = Route<undefined>;
export type ControlDependencies = Pick<
  EmulatorDependencies,
  "state" | "now" | "settings" | "cloud" | "issuerKeys"
> & {
  /** Whether all that a client may ask for is there. */
  readonly isReady: () => boolean;
  readonly setDataBoxUpstream: (upstream: DataBoxUpstream) => void;
};
