import { FIGURE_CALLS, type OrderSummary, type OrderSummaryPage } from "@databox-cmk/protocol";
import { formatRelative, LoadingState, Section, Stack, Time, useLanguage } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, Suspense } from "react";

import { ProblemError } from "../api/problem-error.ts";
import { useWaitingApprovals } from "../approvals/use-waiting-approvals.ts";
import { byExpiry, listOperatorTodos, listTodos, type Todo } from "../core/todos.ts";
import type { OrderSearch } from "../orders/order-filter.ts";
import { LARGEST_PAGE, type OrderFilter, orderPageQuery } from "../orders/order-page-query.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useRead } from "../queries/use-part.ts";
import { lazySection } from "../shell/lazy-part.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { OrderLink } from "./order-link.tsx";

/** With the table of codes, which the rest of the page does not need. */
const TodoList = lazySection(async () => (await import("./todo-list.tsx")).TodoList);
const DailyFigures = lazySection(async () => (await import("./daily-figures.tsx")).DailyFigures);

const useStyles = makeStyles({
  tiles: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 120px), 1fr))",
    gap: tokens.spacingHorizontalM,
    listStyleType: "none",
    margin: 0,
    padding: 0,
  },
  tile: {
    display: "flex",
    flexDirection: "column",
    height: "100%",
    boxSizing: "border-box",
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
    color: tokens.colorNeutralForeground1,
    ":hover": {
      backgroundColor: tokens.colorNeutralBackground3Hover,
      color: tokens.colorNeutralForeground1,
    },
  },
  count: { fontSize: tokens.fontSizeHero700, lineHeight: tokens.lineHeightHero700 },
});

/** A page of the orders that the filter finds; without a subscription those of every customer. */
function useOrders(subscriptionId: string | undefined, filter: OrderFilter) {
  const { client } = useSignedIn();
  return useQuery(orderPageQuery(client, subscriptionId, filter, undefined, LARGEST_PAGE));
}

/** An older service refuses a filter. */
const isRefused = ({ error }: ReturnType<typeof useOrders>) =>
  error instanceof ProblemError && error.status === 400;

/** The orders of one subscription in the states that need a person. */
export function CustomerHome({
  subscriptionId,
}: {
  readonly subscriptionId: string;
}): ReactElement {
  const words = useTexts().home.tiles;
  const blocked = useOrders(subscriptionId, { unlock: "Blocked" });
  const unusable = useOrders(subscriptionId, { health: "Unusable" });
  const atRisk = useOrders(subscriptionId, { health: "AtRisk" });
  const stuck = useOrders(subscriptionId, { stageStatus: "WaitingForCustomerActionForKek" });
  const open = useOrders(subscriptionId, { lock: "unlocked" });
  const waiting = useWaitingApprovals();
  const { approvals } = waiting;
  return (
    <HomeSections
      subscriptionId={subscriptionId}
      waiting={waiting}
      orders={[...(isRefused(blocked) ? [] : [blocked]), unusable, atRisk, stuck, open]}
      tiles={[
        [words.unusable, countOf(unusable.data), { health: "Unusable" }],
        [words.atRisk, countOf(atRisk.data), { health: "AtRisk" }],
        [words.stuck, countOf(stuck.data), { stage: "DataCopy" }],
        [words.approvals, String(approvals.length)],
        [words.open, countOf(open.data), { lock: "unlocked" }],
      ]}
      todos={listTodos({
        approvals,
        blocked: valueOf(isRefused(blocked) ? unusable : blocked),
        atRisk: valueOf(atRisk),
      })}
      atRisk={valueOf(atRisk)}
    />
  );
}

/** The orders of every customer that operators move on. */
export function OperatorHome(): ReactElement {
  const words = useTexts().home.tiles;
  const blocked = useOrders(undefined, { unlock: "Blocked" });
  const ordered = useOrders(undefined, { stage: "DeviceOrdered" });
  const prepared = useOrders(undefined, { stage: "DevicePrepared" });
  const received = useOrders(undefined, { stage: "AtAzureDC" });
  const copying = useOrders(undefined, { stage: "DataCopy" });
  const open = useOrders(undefined, { lock: "unlocked" });
  const atRisk = useOrders(undefined, { health: "AtRisk" });
  const waiting = useWaitingApprovals();
  const stages = [ordered, prepared, received, copying];
  return (
    <HomeSections
      subscriptionId={undefined}
      waiting={waiting}
      orders={[...(isRefused(blocked) ? [] : [blocked]), ...stages, open, atRisk]}
      tiles={[
        [words.toPrepare, countOf(ordered.data), { stage: "DeviceOrdered" }],
        [words.toDispatch, countOf(prepared.data), { stage: "DevicePrepared" }],
        [words.toCopy, countOf(received.data), { stage: "AtAzureDC" }],
        [words.copying, countOf(copying.data), { stage: "DataCopy" }],
        [words.open, countOf(open.data), { lock: "unlocked" }],
      ]}
      todos={listOperatorTodos({
        approvals: waiting.approvals,
        blocked: valueOf(blocked),
        moving: stages.flatMap(({ data }) => valueOf({ data })),
      })}
      atRisk={valueOf(atRisk)}
    />
  );
}

/** Shows counts that link to their lists, tasks, charts, and the keys by their expiry. */
function HomeSections({
  subscriptionId,
  waiting: { isPending, failed },
  orders,
  tiles,
  todos,
  atRisk,
}: {
  readonly subscriptionId: string | undefined;
  readonly waiting: ReturnType<typeof useWaitingApprovals>;
  /** The reads of this page. */
  readonly orders: readonly ReturnType<typeof useOrders>[];
  /** Without a filter, a tile leads to the approvals. */
  readonly tiles: readonly (readonly [label: string, count: string, filter?: OrderSearch])[];
  readonly todos: readonly Todo[];
  readonly atRisk: readonly OrderSummary[];
}): ReactElement {
  const styles = useStyles();
  const words = useTexts().home;
  const isOperator = subscriptionId === undefined;
  const figures = useRead([...QUERY_KEYS.orders, "figures", subscriptionId], (reader, signal) =>
    subscriptionId === undefined
      ? reader.call(FIGURE_CALLS.ofEveryCustomer, { params: {}, signal })
      : reader.call(FIGURE_CALLS.ofSubscription, { params: { subscriptionId }, signal }),
  );
  // An operator without a role on orders has no approvals.
  const failedApprovals = failed.filter(
    ({ error }) => !(error instanceof ProblemError && error.status === 403),
  );
  const problems = [...orders, figures, ...failedApprovals].filter(({ error }) => error !== null);
  const linkOf = (search: OrderSearch | undefined) => {
    if (search === undefined) return { to: "/approvals" } as const;
    return isOperator
      ? ({ to: "/operator/orders", search } as const)
      : ({ to: "/orders", search: { ...search, subscription: subscriptionId } } as const);
  };
  if (isPending || figures.isPending || orders.some((query) => query.isPending))
    return <LoadingState />;
  return (
    <Stack gap="XXL">
      {problems.map(({ error, refetch }, index) => (
        <QueryProblem key={index} error={error} onTryAgain={() => void refetch()} />
      ))}
      <ul className={styles.tiles} aria-label={words.tilesLabel}>
        {tiles.map(([label, count, filter]) => (
          <li key={label}>
            <RouterLink {...linkOf(filter)} className={styles.tile}>
              <span className={styles.count}>{count}</span> <span>{label}</span>
            </RouterLink>
          </li>
        ))}
      </ul>
      <Suspense fallback={<LoadingState />}>
        {(todos.length > 0 || problems.length === 0) && (
          <Section title={words.todo}>
            <TodoList todos={todos} isOperator={isOperator} />
          </Section>
        )}
        {figures.data !== undefined && (
          <Section title={words.figures}>
            <DailyFigures days={figures.data.days} />
          </Section>
        )}
      </Suspense>
      <Section title={words.expiries}>
        <ExpiryTimeline
          orders={byExpiry(atRisk).filter(({ keyHealth }) => keyHealth.riskAt)}
          isOperator={isOperator}
        />
      </Section>
    </Stack>
  );
}

const valueOf = ({ data }: { readonly data: OrderSummaryPage | undefined }) => data?.value ?? [];

/** One page is read; a plus sign says that there are more. */
function countOf(page: OrderSummaryPage | undefined): string {
  if (page === undefined) return "–";
  return `${String(page.value.length)}${page.nextLink === undefined ? "" : "+"}`;
}

const useTimelineStyles = makeStyles({
  line: {
    listStyleType: "none",
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalL,
    borderInlineStartWidth: "2px",
    borderInlineStartStyle: "solid",
    borderInlineStartColor: tokens.colorNeutralStroke1,
  },
  point: {
    position: "relative",
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
    "::before": {
      content: '""',
      position: "absolute",
      insetInlineStart: `calc(-1 * ${tokens.spacingHorizontalL} - 6px)`,
      insetBlockStart: "10px",
      width: "10px",
      height: "10px",
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorStatusWarningForeground3,
    },
  },
  relative: { minWidth: "110px" },
});

/** Keys that will stop working at a known date, the earliest first. */
function ExpiryTimeline({
  orders,
  isOperator,
}: {
  readonly orders: readonly OrderSummary[];
  readonly isOperator: boolean;
}): ReactElement {
  const styles = useTimelineStyles();
  const words = useTexts().home;
  const { language } = useLanguage();
  if (orders.length === 0) return <Text>{words.noExpiries}</Text>;
  const now = new Date();
  return (
    <ol className={styles.line}>
      {orders.map(({ id, name, keyHealth: { riskAt = "" } }) => (
        <li key={id} className={styles.point}>
          <Text weight="semibold" className={styles.relative}>
            {formatRelative(new Date(riskAt), now, language)}
          </Text>
          <Time at={riskAt} />
          <OrderLink orderId={id} page="keyHealth" isOperator={isOperator}>
            {name}
          </OrderLink>
        </li>
      ))}
    </ol>
  );
}
