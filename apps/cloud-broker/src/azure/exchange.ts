import { AsyncLocalStorage } from "node:async_hooks";

import type { Failure } from "../core/ports.ts";

/**
 * How the latest HTTP exchange of a call ended. The SDKs' errors lose parts of it, so it is
 * recorded in the pipeline.
 */
export type LatestExchange =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** Only for unsuccessful answers: a success may hold a key. */
      readonly body: string;
      readonly requestId?: string | undefined;
      readonly retryAfterSeconds?: number | undefined;
      readonly vaultRegion?: string | undefined;
    }
  | { readonly kind: "network"; readonly code?: string | undefined };

export type Observed<Value> =
  | { readonly ok: true; readonly value: Value; readonly exchange: LatestExchange | undefined }
  | { readonly ok: false; readonly error: unknown; readonly exchange: LatestExchange | undefined };

const latest = new AsyncLocalStorage<{ exchange?: LatestExchange }>();

/** Runs one SDK call and returns its last exchange. Observed calls within it keep their own. */
export function observe<Value>(run: () => Promise<Value>): Promise<Observed<Value>> {
  const noted: { exchange?: LatestExchange } = {};
  return latest.run(noted, async (): Promise<Observed<Value>> => {
    try {
      const value = await run();
      return { ok: true, value, exchange: noted.exchange };
    } catch (error) {
      return { ok: false, error, exchange: noted.exchange };
    }
  });
}

export function noteExchange(exchange: LatestExchange): void {
  const noted = latest.getStore();
  if (noted !== undefined) noted.exchange = exchange;
}

/** A token request failed; thrown through the SDKs, which pass it on unchanged. */
export class TokenFailure extends Error {
  override readonly name = "TokenFailure";
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.code, { cause });
    this.failure = failure;
  }
}
