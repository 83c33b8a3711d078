import type { OrderSummary } from "@databox-cmk/protocol";
import { EmptyState, LoadingState, Row, useStored } from "@databox-cmk/ui";
import {
  Button,
  Menu,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Text,
  ToolbarButton,
} from "@fluentui/react-components";
import { BoxSearchRegular, ColumnTripleRegular } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, Suspense, useState } from "react";

import { skipTokenOf } from "../core/arm-path.ts";
import { keepPage } from "../queries/keep-page.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useListState } from "../shell/use-list-state.ts";
import { useTexts } from "../texts/texts.ts";
import { type ListPosition, positionAfter, positionsUpTo } from "./list-position.ts";
import { ALL_COLUMNS, type OrderColumn, OWN_COLUMNS, parseHidden } from "./order-columns.ts";
import { filterOf, type OrderSearch } from "./order-filter.ts";
import { OrderFilters } from "./order-filters.tsx";
import { LARGEST_PAGE, orderPageQuery, readOrderPage } from "./order-page-query.ts";
import { type ChosenOrders, type OpenedPage, OrderTable } from "./order-table.tsx";
import { useOrderExport } from "./use-order-export.ts";

/** An action on all chosen orders. */
export type BulkAction = {
  readonly title: string;
  readonly icon: ReactElement;
  readonly renderPanel: (panel: ChosenOrders) => ReactElement;
};

/** Filters, table and pages of a list of orders. */
export function OrderList({
  subscriptionId,
  search,
  position,
  onSearch,
  onMove,
  onCreate,
  empty,
  opens = "overview",
  actions,
}: {
  /** Absent: orders of every subscription. */
  readonly subscriptionId?: string;
  readonly search: OrderSearch;
  /** The page; both it and the filters are part of the address. */
  readonly position: ListPosition;
  readonly onSearch: (search: OrderSearch) => void;
  readonly onMove: (position: ListPosition) => void;
  readonly onCreate?: () => void;
  /** Text of an empty list without filters. */
  readonly empty: string;
  /** The page that an order's name links to. */
  readonly opens?: OpenedPage;
  /** Without any, rows cannot be chosen. */
  readonly actions: readonly BulkAction[];
}): ReactElement {
  const texts = useTexts();
  const { client } = useSignedIn();
  const filter = filterOf(search);
  const list = JSON.stringify([subscriptionId, filter]);
  const [passed, setPassed] = useListState<readonly string[]>(list, []);
  const positions = positionsUpTo(passed, position);
  const orders = useQuery({
    ...orderPageQuery(client, subscriptionId, filter, position.after),
    placeholderData: keepPage(QUERY_KEYS.orderPage(subscriptionId, filter)),
  });
  const exporting = useOrderExport((from) =>
    readOrderPage(client, subscriptionId, filter, from, LARGEST_PAGE),
  );
  const next = skipTokenOf(orders.data?.nextLink);
  const [ids, setIds] = useListState<ReadonlySet<string>>(list, new Set());
  /** The panel keeps its orders when the list no longer has them. */
  const [running, setRunning] = useState<{
    readonly action: BulkAction;
    readonly orders: readonly OrderSummary[];
  }>();
  const [hidden, hide] = useHiddenColumns();
  const columns = opens === "operations" ? ALL_COLUMNS : OWN_COLUMNS;
  const chosen = (orders.data?.value ?? []).filter(({ id }) => ids.has(id));
  /** A later page may be empty, since orders change meanwhile; the others may not be. */
  const isEmptyPage = orders.data?.value.length === 0;
  const hasOtherPages = positions.length > 0 || next !== undefined;
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <>
      <OrderFilters
        search={search}
        subscriptionId={subscriptionId}
        onSearch={onSearch}
        onCreate={onCreate}
        shown={orders}
        exporting={exporting}
        columns={
          <ColumnsMenu
            columns={columns}
            hidden={hidden}
            onChange={(changed) => hide(JSON.stringify(changed))}
          />
        }
      />
      <QueryProblem error={orders.error} onTryAgain={() => void orders.refetch()} />
      <QueryProblem error={exporting.error} />
      {running !== undefined && (
        <Suspense fallback={null}>
          {running.action.renderPanel({
            orders: running.orders,
            onClose: () => setRunning(undefined),
          })}
        </Suspense>
      )}
      {orders.isPending && <LoadingState />}
      {isEmptyPage && !hasOtherPages && (
        <EmptyState
          icon={<BoxSearchRegular />}
          title={isFiltered ? texts.orders.noneFoundTitle : texts.orders.emptyTitle}
        >
          {!isFiltered && <Text>{empty}</Text>}
        </EmptyState>
      )}
      {orders.data !== undefined && (!isEmptyPage || hasOtherPages) && (
        <>
          {chosen.length > 0 && (
            <Row>
              {actions.map((each) => (
                <Button
                  key={each.title}
                  icon={each.icon}
                  onClick={() => setRunning({ action: each, orders: chosen })}
                >
                  {texts.orders.bulk.chosen(each.title, chosen.length)}
                </Button>
              ))}
            </Row>
          )}
          {!isEmptyPage && (
            <OrderTable
              orders={orders.data.value}
              columns={columns.filter((column) => !hidden.includes(column))}
              opens={opens}
              isPart={hasOtherPages}
              selection={
                actions.length > 0
                  ? { ids: new Set(chosen.map(({ id }) => id)), onChange: setIds }
                  : undefined
              }
            />
          )}
          <Pager
            of={orders}
            shown={texts.orders.found(orders.data.value.length, orders.data.total)}
            positions={positions}
            page={position.page}
            onMove={(moved) => {
              if (moved.some((each) => !passed.includes(each))) setPassed(moved);
              onMove(positionAfter(position, positions, moved));
            }}
          />
        </>
      )}
    </>
  );
}

/** The columns that the reader has hidden, in this browser. */
const useHiddenColumns = () => useStored("order-columns-hidden", parseHidden);

/** Chooses the columns of the list. */
function ColumnsMenu({
  columns,
  hidden,
  onChange,
}: {
  readonly columns: readonly OrderColumn[];
  readonly hidden: readonly OrderColumn[];
  readonly onChange: (hidden: readonly OrderColumn[]) => void;
}): ReactElement {
  const words = useTexts().orders;
  return (
    <Menu
      persistOnItemClick
      checkedValues={{ columns: columns.filter((column) => !hidden.includes(column)) }}
      onCheckedValueChange={(_event, { checkedItems }) => {
        // A column of another list stays as it was.
        const others = hidden.filter((column) => !columns.includes(column));
        onChange([...others, ...columns.filter((column) => !checkedItems.includes(column))]);
      }}
    >
      <MenuTrigger disableButtonEnhancement>
        <ToolbarButton icon={<ColumnTripleRegular />}>{words.columns}</ToolbarButton>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {columns.map((column) => (
            <MenuItemCheckbox key={column} name="columns" value={column}>
              {words[column]}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
