import type { DataBoxUpstream, EmulatorDependencies } from "../dependencies.ts";
import type { Route } from "../http/route-table.ts";

export type ControlRoute = Route<undefined>;
export type ControlDependencies = Pick<
  EmulatorDependencies,
  "state" | "now" | "settings" | "cloud" | "issuerKeys"
> & {
  readonly setDataBoxUpstream: (upstream: DataBoxUpstream) => void;
};
