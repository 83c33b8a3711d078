import type { RouteRequest } from "./route.ts";

/** Where the time of one request went, for a collector of traces. */
export type Spans = {
  ofRequest<Value extends { readonly status: number }>(
    request: RouteRequest,
    route: string,
    run: () => Promise<Value>,
  ): Promise<Value>;
  ofVaultCall<Value>(
    operation: string,
    run: () => Promise<Value>,
    codeOf: (value: Value) => string | undefined,
  ): Promise<Value>;
};

/** Where nobody collects. */
export const noSpans: Spans = {
  ofRequest: (_request, _route, run) => run(),
  ofVaultCall: (_operation, run) => run(),
};
