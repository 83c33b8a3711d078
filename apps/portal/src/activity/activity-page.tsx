import { EmptyState } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { HistoryRegular } from "@fluentui/react-icons";
import { keepPreviousData } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { readActivity } from "../api/activity.ts";
import { activityFilterOf, type ActivitySearch } from "../core/activity-search.ts";
import { skipTokenOf } from "../core/arm-path.ts";
import { OrderPage } from "../order/order-page.tsx";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-read.ts";
import { Pager } from "../shell/pager.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { ActivityFilters } from "./activity-filters.tsx";
import { ActivityTable } from "./activity-table.tsx";

const route = getRouteApi("/orders/$subscriptionId/$resourceGroup/$jobName/activity");

/** The order's events: who did what, when and from where; newest first. */
export function ActivityPage(): ReactElement {
  const search = route.useSearch();
  return (
    <OrderPage section="activity">
      {/* A page position belongs to one list. */}
      <Activity key={JSON.stringify(search)} search={search} />
    </OrderPage>
  );
}

function Activity({ search }: { readonly search: ActivitySearch }): ReactElement {
  const texts = useTexts();
  const name = useOrderName();
  const [positions, setPositions] = useState<readonly string[]>([]);
  const position = positions.at(-1);
  const activity = useRead(
    QUERY_KEYS.orderPart(name, "activity", search, position),
    (client, signal) =>
      readActivity(client, name, activityFilterOf(search, Date.now()), position, signal),
    { placeholderData: keepPreviousData },
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
