import {
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Spinner,
  ToolbarButton,
} from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { type ActivitySearch, parseActivitySearch } from "../core/activity-search.ts";
import { CommandBar, type Refreshable, RefreshButton } from "../shell/command-bar.tsx";
import { ClearFilters, Filter, FilterBar, SearchFilter } from "../shell/filters.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useExport } from "./use-export.ts";

const FILTER_NAMES = ["kind", "outcome", "span"] as const;

/** Commands and filters of the activity; the filters are part of the address. */
export function ActivityFilters({
  search,
  shown,
}: {
  readonly search: ActivitySearch;
  /** The shown page of the activity. */
  readonly shown: Refreshable;
}): ReactElement {
  const texts = useTexts();
  const navigate = useNavigate({
    from: "/orders/$subscriptionId/$resourceGroup/$jobName/activity",
  });
  const { mutate: save, isPending: isExporting, error } = useExport(search);
  const apply = (change: Record<string, string | undefined>) => {
    void navigate({ search: parseActivitySearch({ ...search, ...change }), replace: true });
  };
  return (
    <>
      <CommandBar>
        <RefreshButton of={shown} />
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <ToolbarButton
              icon={isExporting ? <Spinner size="tiny" /> : <ArrowDownloadRegular />}
              disabledFocusable={isExporting}
            >
              {isExporting ? texts.activity.exporting : texts.activity.export}
            </ToolbarButton>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem subText={texts.activity.exportLinesHint} onClick={() => save("lines")}>
                {texts.activity.exportLines}
              </MenuItem>
              <MenuItem subText={texts.activity.exportCsvHint} onClick={() => save("csv")}>
                {texts.activity.exportCsv}
              </MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
        <ClearFilters
          isFiltered={Object.keys(search).length > 0}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </CommandBar>
      <QueryProblem error={error} />
      <FilterBar
        active={FILTER_NAMES.filter((name) => search[name] !== undefined).length}
        search={
          <SearchFilter
            label={texts.activity.search}
            value={search.search ?? ""}
            onChange={(value) => apply({ search: value })}
          />
        }
      >
        <Filter
          label={texts.activity.kind}
          value={search.kind}
          names={texts.activity.kinds}
          all={texts.orders.all}
          onChange={(kind) => apply({ kind })}
        />
        <Filter
          label={texts.activity.columns.result}
          value={search.outcome}
          names={texts.activity.outcomes}
          all={texts.orders.all}
          onChange={(outcome) => apply({ outcome })}
        />
        <Filter
          label={texts.activity.span}
          value={search.span}
          names={texts.activity.spans}
          all={texts.activity.anyTime}
          onChange={(span) => apply({ span })}
        />
      </FilterBar>
    </>
  );
}
