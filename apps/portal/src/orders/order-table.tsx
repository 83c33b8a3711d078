import type { OrderSummary, StageName, StageStatus } from "@databox-cmk/protocol";
import { Time, useMediaQuery } from "@databox-cmk/ui";
import {
  Checkbox,
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Text,
  tokens,
} from "@fluentui/react-components";
import type { ReactElement } from "react";

import { type OrderName, parseOrderId } from "../api/arm-path.ts";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { HealthBadge } from "./health-badge.tsx";
import { LockBadge } from "./lock-badge.tsx";

const useStageBadgeStyles = makeStyles({
  stage: { display: "flex", flexDirection: "column" },
  halted: { color: tokens.colorPaletteRedForeground1 },
});
const BELOW_WIDE = "@media (max-width: 1439px)";
const BELOW_MEDIUM = "@media (max-width: 1023px)";
const NARROW = "@media (max-width: 639px)";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  wideOnly: { [BELOW_WIDE]: { display: "none" } },
  mediumOnly: { whiteSpace: "nowrap", [BELOW_MEDIUM]: { display: "none" } },
  notNarrow: { [NARROW]: { display: "none" } },
  narrowOnly: {
    display: "none",
    [NARROW]: {
      display: "flex",
      flexDirection: "column",
      alignItems: "start",
      gap: tokens.spacingVerticalXS,
    },
  },
  cell: {
    paddingTop: tokens.spacingVerticalS,
    paddingBottom: tokens.spacingVerticalS,
    height: "44px",
  },
  name: { whiteSpace: "nowrap", [NARROW]: { whiteSpace: "normal", overflowWrap: "anywhere" } },
  choice: { width: "40px", padding: 0 },
  place: { color: tokens.colorNeutralForeground2, overflowWrap: "anywhere" },
  locks: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXS },
});

const PAGES = {
  overview: "/orders/$subscriptionId/$resourceGroup/$jobName",
  operations: "/orders/$subscriptionId/$resourceGroup/$jobName/operations",
} as const;
export type OpenedPage = keyof typeof PAGES;

/** The ids of the chosen orders. */
export type Selection = {
  readonly ids: ReadonlySet<string>;
  readonly onChange: (ids: ReadonlySet<string>) => void;
};

/** One row per order; on a narrow screen a row's facts are below its name. */
export function OrderTable({
  orders,
  opens,
  selection,
}: {
  readonly orders: readonly OrderSummary[];
  readonly opens: OpenedPage;
  /** Absent: rows cannot be chosen. */
  readonly selection?: Selection | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const isWide = useMediaQuery("(min-width: 1440px)");
  const isMedium = useMediaQuery("(min-width: 1024px)");
  return (
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
          <TableHeaderCell className={styles.heading}>{texts.orders.name}</TableHeaderCell>
          {[
            [texts.orders.stage, styles.notNarrow],
            [texts.orders.encryption, styles.notNarrow],
            [texts.orders.health, styles.notNarrow],
            [texts.orders.lock, styles.notNarrow],
            [texts.orders.group, styles.wideOnly],
            [texts.orders.location, styles.wideOnly],
            [texts.orders.ordered, styles.mediumOnly],
          ].map(([heading, className]) => (
            <TableHeaderCell key={heading} className={mergeClasses(styles.heading, className)}>
              {heading}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {orders.map((order) => (
          <OrderRow
            key={order.id}
            order={order}
            opens={opens}
            isWide={isWide}
            isMedium={isMedium}
            selection={selection}
          />
        ))}
      </TableBody>
    </Table>
  );
}

function OrderRow({
  order,
  opens,
  isWide,
  isMedium,
  selection,
}: {
  readonly selection: Selection | undefined;
  readonly order: OrderSummary;
  readonly opens: OpenedPage;
  /** Has columns for group and location. */
  readonly isWide: boolean;
  /** Has a column for the time. */
  readonly isMedium: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const name = orderNameOf(order);
  const stage = <StageBadge stage={order.stage} status={order.stageStatus} />;
  const health = <HealthBadge health={order.keyHealth} />;
  const locks = <Locks order={order} />;
  const encryption = texts.encryptionTypes[order.encryption.kekType];
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
        <RouterLink to={PAGES[opens]} params={name} className={styles.name}>
          {order.name}
        </RouterLink>
        <div className={styles.narrowOnly}>
          {stage}
          <Text size={200}>{encryption}</Text>
          {health}
          {locks}
        </div>
        {opens === "operations" && (
          <Text size={200} block className={styles.place}>
            {name.subscriptionId}
          </Text>
        )}
        {!isWide && (
          <Text size={200} block className={styles.place}>
            {order.resourceGroup} · {order.location}
            {!isMedium && (
              <>
                {" · "}
                <Time at={order.createdAt} />
              </>
            )}
          </Text>
        )}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>{stage}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>{encryption}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>{health}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>{locks}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.wideOnly)}>
        {order.resourceGroup}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.wideOnly)}>{order.location}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.mediumOnly)}>
        <Time at={order.createdAt} />
      </TableCell>
    </TableRow>
  );
}

function orderNameOf({ id, name, resourceGroup }: OrderSummary): OrderName {
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
          {...(order.nodes.length > 1 ? { serial: node.serial } : {})}
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
