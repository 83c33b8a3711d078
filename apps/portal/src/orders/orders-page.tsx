import { EmptyState, LoadingState } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  BoxMultipleRegular,
  BoxSearchRegular,
  ChevronLeftRegular,
  ChevronRightRegular,
} from "@fluentui/react-icons";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { skipTokenOf } from "../api/arm-path.ts";
import { readOrderSummaries } from "../api/order-summaries.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import type { OrderSearch } from "./order-filter.ts";
import { OrderFilters } from "./order-filters.tsx";
import { OrderTable } from "./order-table.tsx";
import { useSubscriptions } from "./use-subscriptions.ts";

const route = getRouteApi("/orders");

const useStyles = makeStyles({
  paging: {
    display: "flex",
    alignItems: "center",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalS,
    paddingBlock: tokens.spacingVerticalM,
  },
  shown: { flexGrow: 1 },
});

/** Orders of a subscription, page by page. */
export function OrdersPage(): ReactElement {
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  const search = route.useSearch();
  const subscriptionId = search.subscription ?? subscriptions.data?.[0]?.subscriptionId;
  return (
    <Page
      title={texts.orders.title}
      icon={<BoxMultipleRegular />}
      trail={[
        <RouterBreadcrumb key="home" to="/orders">
          {texts.shell.home}
        </RouterBreadcrumb>,
      ]}
    >
      {subscriptions.error !== null && (
        <QueryProblem error={subscriptions.error} onTryAgain={() => void subscriptions.refetch()} />
      )}
      {subscriptions.isPending && <LoadingState />}
      {subscriptionId !== undefined && (
        <OrderList
          // A page position belongs to one list.
          key={JSON.stringify([subscriptionId, search])}
          subscriptionId={subscriptionId}
          search={search}
        />
      )}
      {subscriptions.data?.length === 0 && (
        <EmptyState icon={<BoxSearchRegular />} title={texts.orders.noSubscriptions} />
      )}
    </Page>
  );
}

function OrderList({
  subscriptionId,
  search,
}: {
  readonly subscriptionId: string;
  readonly search: OrderSearch;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const { subscription: _subscription, ...filter } = search;
  /** Positions of the pages so far; the list itself knows only the next one. */
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const orders = useQuery({
    queryKey: QUERY_KEYS.orderPage(subscriptionId, filter, position),
    queryFn: ({ signal }) => readOrderSummaries(client, subscriptionId, filter, position, signal),
    placeholderData: keepPreviousData,
  });
  const next = skipTokenOf(orders.data?.nextLink);
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <OrderFilters
        search={search}
        subscriptionId={subscriptionId}
        onRefresh={() => void orders.refetch()}
        isRefreshing={orders.isFetching}
      />
      {orders.error !== null && (
        <QueryProblem error={orders.error} onTryAgain={() => void orders.refetch()} />
      )}
      {orders.isPending && <LoadingState />}
      {orders.data?.value.length === 0 && (
        <EmptyState
          icon={<BoxSearchRegular />}
          title={isFiltered ? texts.orders.noneFoundTitle : texts.orders.emptyTitle}
        >
          {!isFiltered && <Text>{texts.orders.empty}</Text>}
        </EmptyState>
      )}
      {orders.data !== undefined && orders.data.value.length > 0 && (
        <>
          <OrderTable orders={orders.data.value} />
          <div className={styles.paging}>
            <Text className={styles.shown} role="status">
              {texts.orders.found(orders.data.value.length, orders.data.total)}
            </Text>
            <Button
              icon={<ChevronLeftRegular />}
              disabled={positions.length === 0}
              onClick={() => {
                setPositions(positions.slice(0, -1));
              }}
            >
              {texts.orders.previousPage}
            </Button>
            <Text>{texts.orders.page(positions.length + 1)}</Text>
            <Button
              icon={<ChevronRightRegular />}
              iconPosition="after"
              disabled={next === undefined || orders.isPlaceholderData}
              onClick={() => {
                if (next !== undefined) setPositions([...positions, next]);
              }}
            >
              {texts.orders.nextPage}
            </Button>
          </div>
        </>
      )}
    </>
  );
}
