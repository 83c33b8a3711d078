import { ToolbarButton } from "@fluentui/react-components";
import { AddRegular, ArrowDownloadRegular } from "@fluentui/react-icons";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { CommandBar, type Refreshable, RefreshButton } from "../shell/command-bar.tsx";
import { ClearFilters, Filter, FilterBar, SearchFilter } from "../shell/filters.tsx";
import { useTexts } from "../texts/texts.ts";
import { type OrderSearch, parseOrderFilter } from "./order-filter.ts";
import { ViewsMenu } from "./views-menu.tsx";

const FILTER_NAMES = ["stage", "encryption", "health", "lock"] as const;

/** Commands and filters of the list; the filters are part of the address. */
export function OrderFilters({
  search,
  subscriptionId,
  onSearch,
  onCreate,
  shown,
  exporting,
  columns,
}: {
  readonly search: OrderSearch;
  /** Absent: the list is not of one subscription. */
  readonly subscriptionId?: string;
  readonly onSearch: (search: OrderSearch) => void;
  /** Absent: the list has no button for a new order. */
  readonly onCreate?: (() => void) | undefined;
  /** The shown page of the list. */
  readonly shown: Refreshable;
  readonly exporting: Pick<UseMutationResult<void, Error, void>, "mutate" | "isPending">;
  /** The command that chooses columns. */
  readonly columns: ReactElement;
}): ReactElement {
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  const apply = (change: Record<string, string | undefined>) => {
    onSearch(parseOrderFilter({ ...search, ...change }));
  };
  const filters = {
    stage: { label: texts.orders.stage, names: texts.stages },
    encryption: { label: texts.orders.encryption, names: texts.encryptionTypes },
    health: { label: texts.orders.health, names: texts.healthStates },
    lock: { label: texts.orders.lock, names: texts.lockStates },
  } as const;
  return (
    <>
      <CommandBar>
        {onCreate !== undefined && (
          <ToolbarButton icon={<AddRegular />} onClick={onCreate}>
            {texts.orders.create}
          </ToolbarButton>
        )}
        <RefreshButton of={shown} />
        <ToolbarButton
          icon={<ArrowDownloadRegular />}
          onClick={() => exporting.mutate()}
          disabledFocusable={exporting.isPending}
        >
          {exporting.isPending ? texts.activity.exporting : texts.orders.exportCsv}
        </ToolbarButton>
        <ViewsMenu search={search} onSearch={onSearch} />
        {columns}
        <ClearFilters isFiltered={Object.keys(search).length > 0} onClear={() => onSearch({})} />
      </CommandBar>
      <FilterBar
        active={FILTER_NAMES.filter((name) => search[name] !== undefined).length}
        search={
          <SearchFilter
            label={texts.orders.search}
            value={search.search ?? ""}
            onChange={(value) => apply({ search: value })}
          />
        }
      >
        {subscriptionId !== undefined && (subscriptions.data?.length ?? 0) > 1 && (
          <Filter
            label={texts.orders.subscription}
            value={subscriptionId}
            names={Object.fromEntries(
              (subscriptions.data ?? []).map((each) => [each.subscriptionId, each.displayName]),
            )}
            onChange={(subscription) => apply({ subscription })}
          />
        )}
        {FILTER_NAMES.map((name) => (
          <Filter
            key={name}
            label={filters[name].label}
            value={search[name]}
            names={filters[name].names}
            all={texts.orders.all}
            onChange={(value) => apply({ [name]: value })}
          />
        ))}
      </FilterBar>
    </>
  );
}
