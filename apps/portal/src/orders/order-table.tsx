import {
  isSameIdentifier,
  KEY_HEALTH_STATES,
  LOCK_STATES,
  type OrderSummary,
  STAGE_NAMES,
  type StageName,
  type StageStatus,
} from "@databox-cmk/protocol";
import { Stack, Time, useLanguage, useMediaQuery } from "@databox-cmk/ui";
import {
  Checkbox,
  makeStyles,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from "@fluentui/react-components";
import { Fragment, type ReactElement, type ReactNode, useDeferredValue, useState } from "react";

import { type OrderName, parseOrderId } from "../core/arm-path.ts";
import { HealthBadge, LockBadge, ShippingBadge } from "../order/badges.tsx";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { LAPTOP_PX, narrowerThan, ON_NARROW, PHONE_PX } from "../shell/breakpoints.ts";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import type { OrderColumn } from "./order-columns.ts";
import { nextSorting, sortRows, type Sorting } from "./sort-rows.ts";

/** About as many rows as a window shows. The other rows are rendered right after them. */
const FIRST_ROWS = 20;
/** The first group of a subscription's id; the order's page has all of it. */
const ID_SHOWN = 8;

const useStageBadgeStyles = makeStyles({
  stage: { display: "flex", flexDirection: "column" },
  halted: { color: tokens.colorPaletteRedForeground1 },
});

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  folded: { alignItems: "start" },
  cell: {
    paddingTop: tokens.spacingVerticalS,
    paddingBottom: tokens.spacingVerticalS,
    height: "44px",
  },
  name: { whiteSpace: "nowrap", [ON_NARROW]: { whiteSpace: "normal", overflowWrap: "anywhere" } },
  choice: { width: "40px", padding: 0 },
  place: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  locks: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS },
});

export const PAGES = {
  overview: ORDER,
  operations: `${ORDER}/operations`,
  keyHealth: `${ORDER}/key-health`,
} as const;
export type OpenedPage = keyof typeof PAGES;

/** The props of a panel for chosen orders. */
export type ChosenOrders = {
  readonly orders: readonly OrderSummary[];
  readonly onClose: () => void;
};

/** The ids of the chosen orders. */
export type Selection = {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
};

type ShownColumn = {
  readonly id: OrderColumn;
  /** Without room for the column, its value is below the name. */
  readonly hasRoom: boolean;
  /** Plain text, which shares a line with others below the name. */
  readonly isPlain?: true;
  /** Undefined if the order has no such value. */
  readonly render: (order: OrderSummary) => ReactNode;
  /** The value that sorts the rows by this column. */
  readonly valueOf: (order: OrderSummary) => string | number | undefined;
};

const plainColumn = (valueOf: ShownColumn["valueOf"]) =>
  ({ isPlain: true, render: valueOf, valueOf }) as const;

/** The chosen columns, by the width of the window. */
function useColumns(chosen: readonly OrderColumn[]): readonly ShownColumn[] {
  const texts = useTexts();
  const isWide = useMediaQuery("(min-width: 1440px)");
  const isMedium = !useMediaQuery(narrowerThan(LAPTOP_PX));
  const isUsual = !useMediaQuery(narrowerThan(PHONE_PX));
  const subscriptions = useSubscriptions();
  const subscriptionOf = (order: OrderSummary) => {
    const id = orderNameOf(order).subscriptionId;
    return subscriptions.data?.find((each) => isSameIdentifier(each.subscriptionId, id))
      ?.displayName;
  };
  const columns: readonly ShownColumn[] = [
    {
      id: "customer",
      hasRoom: isWide,
      ...plainColumn((order) => order.customer ?? subscriptionOf(order)),
    },
    {
      id: "stage",
      hasRoom: isUsual,
      render: ({ stage, stageStatus, unlock: { shipping } }) => (
        <>
          <StageBadge stage={stage} status={stageStatus} />
          {shipping !== undefined && <ShippingBadge of="lights" state={shipping} />}
        </>
      ),
      valueOf: ({ stage }) => STAGE_NAMES.indexOf(stage),
    },
    {
      id: "encryption",
      hasRoom: isUsual,
      render: ({ encryption }) => texts.encryptionTypes[encryption.kekType],
      valueOf: ({ encryption }) => texts.encryptionTypes[encryption.kekType],
    },
    {
      id: "health",
      hasRoom: isUsual,
      render: ({ keyHealth }) => <HealthBadge health={keyHealth} />,
      valueOf: ({ keyHealth }) => KEY_HEALTH_STATES.indexOf(keyHealth.state),
    },
    {
      id: "lock",
      hasRoom: isUsual,
      render: (order) => <Locks order={order} />,
      valueOf: ({ nodes }) => Math.max(0, ...nodes.map(({ lock }) => LOCK_STATES.indexOf(lock))),
    },
    {
      id: "subscription",
      hasRoom: false,
      isPlain: true,
      // An operator without a role in a subscription does not know its name.
      render: (order) =>
        subscriptionOf(order) ?? `${orderNameOf(order).subscriptionId.slice(0, ID_SHOWN)}…`,
      valueOf: subscriptionOf,
    },
    { id: "group", hasRoom: isWide, ...plainColumn(({ resourceGroup }) => resourceGroup) },
    { id: "location", hasRoom: isWide, ...plainColumn(({ location }) => location) },
    {
      id: "ordered",
      hasRoom: isMedium,
      isPlain: true,
      render: ({ createdAt }) => <Time at={createdAt} />,
      valueOf: ({ createdAt }) => createdAt,
    },
  ];
  return columns.filter(({ id }) => chosen.includes(id));
}

/** One row per order; values of columns that have no room are below its name. */
export function OrderTable({
  orders,
  columns: chosen,
  opens,
  isPart,
  selection,
}: {
  readonly orders: readonly OrderSummary[];
  /** The list has other pages, which are not sorted. */
  readonly isPart: boolean;
  readonly columns: readonly OrderColumn[];
  readonly opens: OpenedPage;
  /** Absent: rows cannot be chosen. */
  readonly selection?: Selection | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const columns = useColumns(chosen);
  const { language } = useLanguage();
  const [sorting, setSorting] = useState<Sorting<OrderColumn | "name">>();
  const valueOf =
    sorting?.column === "name"
      ? ({ name }: OrderSummary) => name
      : columns.find(({ id }) => id === sorting?.column)?.valueOf;
  const sorted =
    sorting && valueOf ? sortRows(orders, valueOf, sorting.direction, language) : orders;
  const headerOf = (column: OrderColumn | "name") => (
    <TableHeaderCell
      key={column}
      className={styles.heading}
      sortable
      sortDirection={sorting?.column === column ? sorting.direction : undefined}
      onClick={() => setSorting(nextSorting(column, sorting))}
    >
      {texts.orders[column]}
    </TableHeaderCell>
  );
  const isFirstView = useDeferredValue(false, true);
  const shown = isFirstView ? sorted.slice(0, FIRST_ROWS) : sorted;
  return (
    <>
      {sorting !== undefined && isPart && <Text size={200}>{texts.orders.sortedPart}</Text>}
      <Table aria-label={texts.orders.listLabel} className={styles.table}>
        <TableHeader>
          <TableRow>
            {selection !== undefined && (
              <TableHeaderCell className={styles.choice}>
                <Checkbox
                  aria-label={texts.orders.bulk.selectAll}
                  checked={
                    selection.ids.size === orders.length ? true : selection.ids.size > 0 && "mixed"
                  }
                  onChange={(_event, { checked }) => {
                    selection.onChange(new Set(checked === true ? orders.map(({ id }) => id) : []));
                  }}
                />
              </TableHeaderCell>
            )}
            {headerOf("name")}
            {columns.filter(({ hasRoom }) => hasRoom).map(({ id }) => headerOf(id))}
          </TableRow>
        </TableHeader>
        <TableBody>
          {shown.map((order) => (
            <OrderRow
              key={order.id}
              order={order}
              columns={columns}
              opens={opens}
              selection={selection}
            />
          ))}
        </TableBody>
      </Table>
    </>
  );
}

function OrderRow({
  order,
  columns,
  opens,
  selection,
}: {
  readonly selection: Selection | undefined;
  readonly order: OrderSummary;
  readonly columns: readonly ShownColumn[];
  readonly opens: OpenedPage;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const values = columns.map(({ render, ...column }) => ({ ...column, value: render(order) }));
  const folded = values.filter(({ hasRoom, value }) => !hasRoom && value !== undefined);
  const plain = folded.filter(({ isPlain }) => isPlain === true);
  const rich = folded.filter(({ isPlain }) => isPlain !== true);
  return (
    <TableRow>
      {selection !== undefined && (
        <TableCell className={styles.choice}>
          <Checkbox
            aria-label={texts.orders.bulk.select(order.name)}
            checked={selection.ids.has(order.id)}
            onChange={(_event, { checked }) => {
              const ids = new Set(selection.ids);
              if (checked === true) ids.add(order.id);
              else ids.delete(order.id);
              selection.onChange(ids);
            }}
          />
        </TableCell>
      )}
      <TableCell className={styles.cell}>
        <RouterLink to={PAGES[opens]} params={orderNameOf(order)} className={styles.name}>
          {order.name}
        </RouterLink>
        {rich.length > 0 && (
          <Stack gap="XS" className={styles.folded}>
            {rich.map(({ id, value }) => (
              <div key={id}>{value}</div>
            ))}
          </Stack>
        )}
        {plain.length > 0 && (
          <Text size={200} block className={styles.place}>
            {plain.map(({ id, value }, index) => (
              <Fragment key={id}>
                {index > 0 && " · "}
                {value}
              </Fragment>
            ))}
          </Text>
        )}
      </TableCell>
      {values
        .filter(({ hasRoom }) => hasRoom)
        .map(({ id, value }) => (
          <TableCell key={id} className={styles.cell}>
            {value ?? "–"}
          </TableCell>
        ))}
    </TableRow>
  );
}

export function orderNameOf({ id, name, resourceGroup }: OrderSummary): OrderName {
  return parseOrderId(id) ?? { subscriptionId: "", resourceGroup, jobName: name };
}

function Locks({ order }: { readonly order: OrderSummary }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  if (order.nodes.length === 0) return <Text>{texts.orders.noNodes}</Text>;
  return (
    <div className={styles.locks}>
      {order.nodes.map((node) => (
        <LockBadge
          key={node.serial}
          lock={node.lock}
          serial={order.nodes.length > 1 ? node.serial : undefined}
        />
      ))}
    </div>
  );
}

/** A stage, with the reason of a delay below it. */
function StageBadge({
  stage,
  status,
}: {
  readonly stage: StageName;
  readonly status: StageStatus;
}): ReactElement {
  const styles = useStageBadgeStyles();
  const texts = useTexts();
  const isHalted = status.startsWith("Waiting");
  return (
    <span className={styles.stage}>
      {texts.stages[stage]}
      {isHalted && (
        <Text size={200} className={styles.halted}>
          {texts.stageStatuses[status]}
        </Text>
      )}
    </span>
  );
}
