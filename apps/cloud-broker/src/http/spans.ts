import type { Answer, RouteRequest } from "./route.ts";

/** Records the duration of a request and of its vault calls, for a trace collector. */
export type Spans = {
  ofRequest<Value extends Pick<Answer, "status" | "isUnproven">>(
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

/** Without a trace collector. */
export const noSpans: Spans = {
  ofRequest: (_request, _route, run) => run(),
  ofVaultCall: (_operation, run) => run(),
};
