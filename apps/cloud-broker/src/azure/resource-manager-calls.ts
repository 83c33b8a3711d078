import { classifyNetworkFailure } from "../core/classify-network-failure.ts";
import { classifyResourceManagerAnswer } from "../core/classify-resource-manager-answer.ts";
import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { observe } from "./exchange.ts";
import { TokenFailure } from "./token-failure.ts";
import { codeOf } from "./transport.ts";

export type ResourceManagerAnswer<Value> =
  | { readonly kind: "found"; readonly value: Value }
  | { readonly kind: "absent" }
  | { readonly kind: "hidden" }
  | { readonly kind: "failed"; readonly failure: Failure };

/** One call of a Resource Manager client; its failure is named by the HTTP exchange. */
export async function callResourceManager<Value>(
  call: () => Promise<Value>,
): Promise<ResourceManagerAnswer<Value>> {
  const observed = await observe(call);
  if (observed.ok) return { kind: "found", value: observed.value };
  const { error, exchange } = observed;
  if (error instanceof TokenFailure) return { kind: "failed", failure: error.failure };
  if (exchange?.kind !== "answer")
    return {
      kind: "failed",
      failure: classifyNetworkFailure(exchange?.code ?? codeOf(error), "resource-manager"),
    };
  const classified = classifyResourceManagerAnswer(exchange.status, exchange.body);
  return typeof classified === "string"
    ? { kind: classified }
    : { kind: "failed", failure: classified };
}

/** A resource whose answer has an unexpected shape. */
export const unexpectedResource = (what: string): Outcome<never> =>
  failed({
    code: "ResourceManagerUnreachable",
    detail: `Resource Manager's answer is not a ${what}`,
  });
