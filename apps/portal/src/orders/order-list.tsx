import type { OrderSummaryPage } from "@databox-cmk/protocol";
import { EmptyState, LoadingState } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { BoxSearchRegular, HeartPulseRegular } from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, type ReactElement, Suspense, useState } from "react";

import { skipTokenOf } from "../api/arm-path.ts";
import { LARGEST_PAGE, type OrderFilter } from "../api/order-summaries.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import type { OrderSearch } from "./order-filter.ts";
import { OrderFilters } from "./order-filters.tsx";
import { type OpenedPage, OrderTable } from "./order-table.tsx";
import { useOrderExport } from "./use-order-export.ts";

const CheckKeysPanel = lazy(async () => ({
  default: (await import("./check-keys-panel.tsx")).CheckKeysPanel,
}));

/** Filters, table and pages of a list of orders. */
export function OrderList({
  subscriptionId,
  search,
  read,
  onSearch,
  onCreate,
  empty,
  opens = "overview",
  mayCheck = false,
}: {
  /** Absent: orders of every subscription. */
  readonly subscriptionId?: string;
  readonly search: OrderSearch;
  readonly read: (
    filter: OrderFilter,
    position: string | undefined,
    signal?: AbortSignal,
    pageSize?: number,
  ) => Promise<OrderSummaryPage>;
  readonly onSearch: (search: OrderSearch) => void;
  readonly onCreate?: () => void;
  /** Text of an empty list without filters. */
  readonly empty: string;
  /** Rows can be chosen, to check their keys. */
  readonly mayCheck?: boolean;
  /** The page that an order's name links to. */
  readonly opens?: OpenedPage;
}): ReactElement {
  const texts = useTexts();
  const { subscription: _subscription, ...filter } = search;
  /** Positions of the pages so far; the list itself knows only the next one. */
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const orders = useQuery({
    queryKey: QUERY_KEYS.orderPage(subscriptionId ?? "", filter, position),
    queryFn: ({ signal }) => read(filter, position, signal),
    placeholderData: keepPreviousData,
  });
  const exporting = useOrderExport((from) => read(filter, from, undefined, LARGEST_PAGE));
  const next = skipTokenOf(orders.data?.nextLink);
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [isChecking, setIsChecking] = useState(false);
  const chosen = (orders.data?.value ?? []).filter(({ id }) => ids.has(id));
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <OrderFilters
        search={search}
        {...(subscriptionId === undefined ? {} : { subscriptionId })}
        onSearch={onSearch}
        onCreate={onCreate}
        onRefresh={() => void orders.refetch()}
        isRefreshing={orders.isFetching}
        onExport={exporting.save}
        isExporting={exporting.isExporting}
      />
      {orders.error !== null && (
        <QueryProblem error={orders.error} onTryAgain={() => void orders.refetch()} />
      )}
      {exporting.error !== null && <QueryProblem error={exporting.error} />}
      {orders.isPending && <LoadingState />}
      {orders.data?.value.length === 0 && (
        <EmptyState
          icon={<BoxSearchRegular />}
          title={isFiltered ? texts.orders.noneFoundTitle : texts.orders.emptyTitle}
        >
          {!isFiltered && <Text>{empty}</Text>}
        </EmptyState>
      )}
      {orders.data !== undefined && orders.data.value.length > 0 && (
        <>
          {chosen.length > 0 && (
            <Button
              icon={<HeartPulseRegular />}
              onClick={() => {
                setIsChecking(true);
              }}
            >
              {texts.orders.bulk.button(chosen.length)}
            </Button>
          )}
          <OrderTable
            orders={orders.data.value}
            opens={opens}
            selection={
              mayCheck ? { ids: new Set(chosen.map(({ id }) => id)), onChange: setIds } : undefined
            }
          />
          {isChecking && (
            <Suspense fallback={null}>
              <CheckKeysPanel
                orders={chosen}
                onClose={() => {
                  setIsChecking(false);
                }}
              />
            </Suspense>
          )}
          <Pager
            shown={texts.orders.found(orders.data.value.length, orders.data.total)}
            positions={positions}
            next={orders.isPlaceholderData ? undefined : next}
            onMove={setPositions}
          />
        </>
      )}
    </>
  );
}
