import type { OrderSummary } from "@databox-cmk/protocol";
import { useQueries } from "@tanstack/react-query";

import { orderPageQuery } from "../orders/order-page-query.ts";
import { useSubscriptions } from "../orders/use-subscriptions.ts";
import { useIsOperator, useSignedIn } from "../queries/session-context.ts";
import { useSettled } from "../shell/use-settled.ts";

/** In each subscription. */
const MOST = 8;

/** Orders whose name or serial number contains the text, once the reader pauses. */
export function useFoundOrders(text: string): {
  readonly found: readonly OrderSummary[];
  readonly isPending: boolean;
  readonly error: Error | null;
} {
  const { client } = useSignedIn();
  const isOperator = useIsOperator();
  const subscriptions = useSubscriptions();
  const wanted = text.trim();
  const search = useSettled(wanted);
  const scopes = isOperator
    ? [undefined]
    : (subscriptions.data ?? []).map(({ subscriptionId }) => subscriptionId);
  const results = useQueries({
    queries: scopes.map((subscriptionId) => ({
      ...orderPageQuery(client, subscriptionId, { search }, undefined, MOST),
      enabled: search !== "",
    })),
  });
  return {
    found: search === "" ? [] : results.flatMap(({ data }) => data?.value ?? []),
    isPending: wanted !== search || results.some(({ isLoading }) => isLoading),
    error: results.find(({ error }) => error !== null)?.error ?? null,
  };
}
