import { STAGE_NAMES } from "@databox-cmk/protocol";
import {
  Dropdown,
  makeStyles,
  Option,
  SearchBox,
  tokens,
  Toolbar,
  ToolbarButton,
} from "@fluentui/react-components";
import { ArrowClockwiseRegular, DismissRegular } from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { ENCRYPTION_TYPES, HEALTH_STATES, LOCK_STATES } from "../api/order-summaries.ts";
import { useTexts } from "../texts/texts.ts";
import { type OrderSearch, parseOrderFilter } from "./order-filter.ts";
import { useSubscriptions } from "./use-subscriptions.ts";

const TYPING_PAUSE_MS = 250;
const ALL = "all";

const useStyles = makeStyles({
  bar: {
    paddingInline: 0,
    borderBlockEndWidth: "1px",
    borderBlockEndStyle: "solid",
    borderBlockEndColor: tokens.colorNeutralStroke2,
    marginBlockEnd: tokens.spacingVerticalM,
  },
  filters: {
    display: "flex",
    flexWrap: "wrap",
    gap: tokens.spacingHorizontalS,
    marginBlockEnd: tokens.spacingVerticalM,
  },
  search: { width: "280px", maxWidth: "100%", "@media (max-width: 639px)": { width: "100%" } },
  filter: { minWidth: "160px", maxWidth: "100%", "@media (max-width: 639px)": { width: "100%" } },
});

type FilterName = "stage" | "encryption" | "health" | "lock";

/** Commands and filters of the list; the filters stand in the address. */
export function OrderFilters({
  search,
  subscriptionId,
  onSearch,
  onRefresh,
  isRefreshing,
}: {
  readonly search: OrderSearch;
  /** Absent: the list is not of one subscription. */
  readonly subscriptionId?: string;
  readonly onSearch: (search: OrderSearch) => void;
  readonly onRefresh: () => void;
  readonly isRefreshing: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const subscriptions = useSubscriptions();
  const apply = (change: Record<string, string | undefined>) => {
    onSearch(parseOrderFilter({ ...search, ...change }));
  };
  const filters = {
    stage: { label: texts.orders.stage, values: STAGE_NAMES, names: texts.stages },
    encryption: {
      label: texts.orders.encryption,
      values: ENCRYPTION_TYPES,
      names: texts.encryptionTypes,
    },
    health: { label: texts.orders.health, values: HEALTH_STATES, names: texts.healthStates },
    lock: { label: texts.orders.lock, values: LOCK_STATES, names: texts.lockStates },
  } as const;
  return (
    <>
      <Toolbar className={styles.bar} aria-label={texts.orders.commands}>
        <ToolbarButton
          icon={<ArrowClockwiseRegular />}
          onClick={onRefresh}
          disabledFocusable={isRefreshing}
        >
          {texts.orders.refresh}
        </ToolbarButton>
        <ToolbarButton
          icon={<DismissRegular />}
          onClick={() => {
            onSearch({});
          }}
          disabledFocusable={Object.keys(search).length === 0}
        >
          {texts.orders.clearFilters}
        </ToolbarButton>
      </Toolbar>
      <div className={styles.filters} role="search" aria-label={texts.orders.filters}>
        <NameFilter
          value={search.search ?? ""}
          onChange={(value) => {
            apply({ search: value });
          }}
        />
        {subscriptionId !== undefined && (subscriptions.data?.length ?? 0) > 1 && (
          <Filter
            label={texts.orders.subscription}
            value={subscriptionId}
            options={(subscriptions.data ?? []).map((subscription) => ({
              value: subscription.subscriptionId,
              name: subscription.displayName,
            }))}
            onChange={(subscription) => {
              apply({ subscription });
            }}
          />
        )}
        {filterNames.map((name) => {
          const { label, values, names } = filters[name];
          const nameOf: Readonly<Record<string, string>> = names;
          return (
            <Filter
              key={name}
              label={label}
              value={search[name] ?? ALL}
              options={[
                { value: ALL, name: texts.orders.all },
                ...values.map((value) => ({ value, name: nameOf[value] ?? value })),
              ]}
              onChange={(value) => {
                apply({ [name]: value === ALL ? undefined : value });
              }}
            />
          );
        })}
      </div>
    </>
  );
}

const filterNames: readonly FilterName[] = ["stage", "encryption", "health", "lock"];

/** Sent when the reader pauses, so that each letter is not a request. */
function NameFilter({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => {
      onChange(typed);
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, value, onChange]);
  return (
    <SearchBox
      className={styles.search}
      placeholder={texts.orders.search}
      aria-label={texts.orders.search}
      value={typed}
      onChange={(_event, data) => {
        setTyped(data.value);
      }}
    />
  );
}

function Filter({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly name: string }[];
  readonly onChange: (value: string) => void;
}): ReactElement {
  const styles = useStyles();
  const chosen = options.find((option) => option.value === value);
  return (
    <Dropdown
      className={styles.filter}
      aria-label={label}
      value={`${label}: ${chosen?.name ?? value}`}
      selectedOptions={[value]}
      onOptionSelect={(_event, { optionValue }) => {
        if (optionValue !== undefined) onChange(optionValue);
      }}
    >
      {options.map((option) => (
        <Option key={option.value} value={option.value}>
          {option.name}
        </Option>
      ))}
    </Dropdown>
  );
}
