import {
  type Call,
  JOB_CALLS,
  KEY_HEALTH_CALLS,
  NODE_CALLS,
  type OrderNodes,
  type SegmentOf,
  UNLOCK_POLICY_CALLS,
} from "@databox-cmk/protocol";
import { useQueryClient, type UseMutationResult, type UseQueryResult } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { Given, ViewOf } from "../api/client.ts";
import type { OrderName } from "../core/arm-path.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { partKey, type ReadOptions, usePart, useRead } from "../queries/use-part.ts";
import { type ActionOptions, type NameOf, useAction } from "../toasts/use-action.tsx";

const route = getRouteApi("/orders/$subscriptionId/$resourceGroup/$jobName");

/** The order that the address names. */
export function useOrderName(): OrderName {
  return route.useParams();
}

type OtherSegments<Of extends Call> = Exclude<SegmentOf<Of["at"][1]>, keyof OrderName>;
/** What a call is given, besides the order that its path names. */
type GivenBesides<Of extends Call> = Omit<Given<Of>, "params"> &
  ([OtherSegments<Of>] extends [never]
    ? unknown
    : { readonly params: Readonly<Record<OtherSegments<Of>, string>> });
type IsPlain<Of extends Call> = object extends GivenBesides<Of> ? true : false;

/** Makes a call of the order that the address names. */
type CallOrder = <const Of extends Call>(
  row: Of,
  ...given: IsPlain<Of> extends true ? [given?: GivenBesides<Of>] : [given: GivenBesides<Of>]
) => Promise<ViewOf<Of>>;

function useCallOrder(): CallOrder {
  const { client } = useSignedIn();
  const name = useOrderName();
  return (row, ...[besides]) => client.call(row, ofOrder<typeof row>(name, besides));
}

function ofOrder<Of extends Call>(name: OrderName, besides: object = {}): Given<Of> {
  const params: object = "params" in besides ? Object(besides.params) : {};
  const given: unknown = { ...besides, params: { ...name, ...params } };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the callers' types have the rest
  return given as Given<Of>;
}

/** A part of the order that the address names, by the call that reads it. */
export function useOrderPart<const Of extends Call, Data = ViewOf<Of>>(
  row: Of & (IsPlain<Of> extends true ? unknown : never),
  options?: ReadOptions<ViewOf<Of>, Data>,
): UseQueryResult<Data> {
  return usePart<Of, Data>(row, ofOrder<Of>(useOrderName()), options);
}

export type OrderNode = OrderNodes["value"][number];

const detailsOf = (params: OrderName) => ({ params, query: { $expand: "details" } });
export const useOrder = () => usePart(JOB_CALLS.read, detailsOf(useOrderName()));
export const useNodes = () => useOrderPart(NODE_CALLS.list, { select: ({ value }) => value });
export const useVerdict = () => useOrderPart(NODE_CALLS.list, { select: ({ verdict }) => verdict });
export const useKeyHealth = () => useOrderPart(KEY_HEALTH_CALLS.read);
export function useUnlockPolicy() {
  const given = { params: useOrderName() };
  return useRead(partKey(UNLOCK_POLICY_CALLS.read, given), (client, signal) =>
    client.callTagged(UNLOCK_POLICY_CALLS.read, { ...given, signal }),
  );
}

/**
 * A change of the order that the address names. Once it has ended, the order is read again, also
 * after a refusal: another person may have changed the order.
 *
 * @param options.onRead - called after a success, when the order was read again, or failed to be
 */
export function useOrderChange<Data, Variables = void>(
  action: NameOf<Variables>,
  change: (call: CallOrder, variables: Variables) => Promise<Data>,
  {
    onRead,
    ...options
  }: Pick<ActionOptions<Data, Variables>, "gcTime" | "onSuccess"> & {
    readonly onRead?: (isRead: boolean, variables: Variables) => void;
  } = {},
): UseMutationResult<Data, Error, Variables> {
  const call = useCallOrder();
  const refresh = useRefreshOrder();
  return useAction(action, {
    ...options,
    mutationFn: (variables: Variables) => change(call, variables),
    onSettled: async (_data, error, variables) => {
      const isRead = await refresh();
      if (error === null) onRead?.(isRead, variables);
    },
  });
}

/**
 * Reads all data of the order again, and the lists that show it.
 *
 * @returns whether the order itself was read
 */
export function useRefreshOrder(): () => Promise<boolean> {
  const queryClient = useQueryClient();
  const name = useOrderName();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.order(name) }),
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders }),
    ]);
    const order = partKey(JOB_CALLS.read, detailsOf(name));
    return queryClient.getQueryState(order)?.status !== "error";
  };
}
