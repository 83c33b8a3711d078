import { ACTIVITY_CALLS } from "@databox-cmk/protocol";
import { EmptyState } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { HistoryRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { activityFilterOf, type ActivitySearch } from "../core/activity-search.ts";
import { skipTokenOf } from "../core/arm-path.ts";
import { OrderPage } from "../order/order-page.tsx";
import { useOrderName } from "../order/use-order.ts";
import { keepPage } from "../queries/keep-page.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-part.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useListState } from "../shell/use-list-state.ts";
import { useTexts } from "../texts/texts.ts";
import { ActivityFilters } from "./activity-filters.tsx";
import { ActivityTable } from "./activity-table.tsx";

const route = getRouteApi("/orders/$subscriptionId/$resourceGroup/$jobName/activity");

/** The order's events: who did what, when and from where; newest first. */
export function ActivityPage(): ReactElement {
  const search = route.useSearch();
  return (
    <OrderPage section="activity">
      <Activity search={search} />
    </OrderPage>
  );
}

function Activity({ search }: { readonly search: ActivitySearch }): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const [positions, setPositions] = useListState<readonly string[]>(JSON.stringify(search), []);
  const position = positions.at(-1);
  const activity = useRead(
    QUERY_KEYS.orderPart(name, "activity", search, position),
    (client, signal) =>
      client.call(ACTIVITY_CALLS.view, {
        params: name,
        query: { ...activityFilterOf(search, Date.now()), $skipToken: position },
        signal,
      }),
    { placeholderData: keepPage(QUERY_KEYS.orderPart(name, "activity", search)) },
  );
  const { data } = activity;
  const next = skipTokenOf(data?.nextLink);
  const isFiltered = Object.keys(search).length > 0;
  return (
    <>
      <ActivityFilters search={search} shown={activity} />
      <QueryState of={activity} />
      {data !== undefined && (
        <>
          {data.value.length > 0 ? (
            <ActivityTable entries={data.value} />
          ) : (
            <EmptyState
              icon={<HistoryRegular />}
              title={isFiltered ? texts.activity.noneFound : texts.activity.empty}
            >
              {next !== undefined && <Text>{texts.activity.older}</Text>}
            </EmptyState>
          )}
          <Pager
            of={activity}
            shown={texts.activity.shown(data.value.length)}
            positions={positions}
            onMove={setPositions}
          />
        </>
      )}
    </>
  );
}
