import { FLEET_CALLS, LOCK_STATES, type LockCounts } from "@databox-cmk/protocol";
import { EmptyState, Row, Section, Stack, Time } from "@databox-cmk/ui";
import { makeStyles, Switch, Text, tokens } from "@fluentui/react-components";
import { BoxSearchRegular, GlobeRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { layOutBar, lengthOfBar, nodesOf } from "../../core/fleet-bar.ts";
import { LockBadge } from "../../order/badges.tsx";
import { usePart } from "../../queries/use-part.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { DataTable } from "../../shell/data-table.tsx";
import { OperatorPage } from "../../shell/page.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { RouterLink } from "../../shell/router-link.tsx";
import { useTexts } from "../../texts/texts.ts";
import { KillSwitches } from "../kill-switches/kill-switches.tsx";

const useLockFigureStyles = makeStyles({
  name: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
});
/** The interval at which the broker counts. */
const COUNTED_MS = 15_000;

const useStyles = makeStyles({
  tiles: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 150px), 1fr))",
    gap: tokens.spacingHorizontalM,
    margin: 0,
  },
  tile: {
    display: "flex",
    flexDirection: "column-reverse",
    justifyContent: "flex-end",
    padding: tokens.spacingHorizontalM,
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: tokens.colorNeutralBackground3,
  },
  count: { margin: 0, fontSize: tokens.fontSizeHero700, lineHeight: tokens.lineHeightHero700 },
});

/** The lock states of all customers' nodes, and the switches that lock them. */
export function FleetPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [isTable, setIsTable] = useState(false);
  const fleet = usePart(FLEET_CALLS.read, { params: {} }, { refetchInterval: COUNTED_MS });
  const words = texts.operator.fleet;
  const { data } = fleet;
  return (
    <OperatorPage title={words.title} icon={<GlobeRegular />}>
      <Stack gap="XL">
        <CommandBar>
          <RefreshButton of={fleet} />
          <Switch
            label={texts.ui.asTable}
            checked={isTable}
            onChange={(_event, { checked }) => setIsTable(checked)}
          />
          {data !== undefined && (
            <Text size={200}>
              {words.asOf} <Time at={data.asOf} />
            </Text>
          )}
        </CommandBar>
        <QueryState of={fleet} />
        {data !== undefined && nodesOf(data.total) === 0 && (
          <EmptyState icon={<BoxSearchRegular />} title={words.emptyTitle}>
            <Text>{words.empty}</Text>
          </EmptyState>
        )}
        {data !== undefined && nodesOf(data.total) > 0 && (
          <>
            <Section title={words.nodes(nodesOf(data.total))}>
              <dl className={styles.tiles}>
                {LOCK_STATES.map((lock) => (
                  <div key={lock} className={styles.tile}>
                    <dt>
                      <RouterLink to="/operator/orders" search={{ lock }} appearance="subtle">
                        <LockBadge lock={lock} />
                      </RouterLink>
                    </dt>
                    <dd className={styles.count}>{data.total[lock]}</dd>
                  </div>
                ))}
                {data.unlock !== undefined && (
                  <div className={styles.tile}>
                    <dt>{words.blocked}</dt>
                    <dd className={styles.count}>{data.unlock.Blocked}</dd>
                  </div>
                )}
              </dl>
              <LockBar counts={data.total} label={words.nodes(nodesOf(data.total))} />
            </Section>
            <LockFigure
              title={words.byLocation}
              isTable={isTable}
              rows={data.byLocation.map(({ location, nodes }) => ({
                name: location,
                counts: nodes,
              }))}
            />
            <LockFigure
              title={words.byKey}
              isTable={isTable}
              rows={data.byKey.map(({ keyUrl, nodes }) => ({ name: keyUrl, counts: nodes }))}
            />
          </>
        )}
        <KillSwitches />
      </Stack>
    </OperatorPage>
  );
}

/** Nodes by one thing, as bars or as a table. */
function LockFigure({
  title,
  rows,
  isTable,
}: {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly counts: LockCounts }[];
  readonly isTable: boolean;
}): ReactElement {
  const styles = useLockFigureStyles();
  const texts = useTexts();
  const largest = Math.max(...rows.map(({ counts }) => nodesOf(counts)));
  return (
    <Section title={title}>
      {isTable ? (
        <LockTable label={title} rows={rows} />
      ) : (
        <Stack gap="M">
          {rows.map(({ name, counts }) => (
            <div key={name}>
              <Row gap="M">
                <Text className={styles.name}>{name}</Text>
                <Text>{texts.operator.fleet.nodes(nodesOf(counts))}</Text>
              </Row>
              <LockBar counts={counts} label={name} largest={largest} />
            </div>
          ))}
        </Stack>
      )}
    </Section>
  );
}

const useTableStyles = makeStyles({
  scroll: { overflowX: "auto", maxWidth: "100%" },
  name: { minWidth: "120px" },
});

/** The same counts as numbers. */
function LockTable({
  label,
  rows,
}: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly counts: LockCounts }[];
}): ReactElement {
  const styles = useTableStyles();
  const texts = useTexts();
  return (
    // A scrolling area must be reachable by the keyboard.
    <div className={styles.scroll} tabIndex={0} role="group" aria-label={label}>
      <DataTable
        label={label}
        columns={[
          { heading: label, cell: ({ name }) => name, className: styles.name },
          ...LOCK_STATES.map((lock) => ({
            heading: texts.lockStates[lock],
            cell: ({ counts }: (typeof rows)[number]) => counts[lock],
          })),
        ]}
        rows={rows}
        keyOf={({ name }) => name}
      />
    </div>
  );
}

const HEIGHT = 6;
const GAP = 0.2;

const useLockBarStyles = makeStyles({
  bar: {
    display: "block",
    width: "100%",
    height: "20px",
    borderRadius: tokens.borderRadiusSmall,
    overflow: "hidden",
  },
  // Bars keep their colours in forced-colours mode: the counts are beside them as text.
  notPrepared: { fill: tokens.colorNeutralStroke1 },
  locked: { fill: tokens.colorNeutralForeground3 },
  unlocked: { fill: tokens.colorBrandBackground },
  grace: { fill: tokens.colorStatusWarningBackground3 },
  revoked: { fill: tokens.colorStatusDangerBackground3 },
});

/** Nodes by lock state as the parts of one bar. */
function LockBar({
  counts,
  label,
  largest = nodesOf(counts),
}: {
  readonly counts: LockCounts;
  /** The kind of the counted things. */
  readonly label: string;
  /** Number of nodes that fills the whole width. */
  readonly largest?: number;
}): ReactElement {
  const styles = useLockBarStyles();
  const texts = useTexts();
  const parts = layOutBar(counts);
  const description = parts
    .map(({ lock, count }) => `${texts.lockStates[lock]}: ${count}`)
    .join(", ");
  return (
    <svg
      role="img"
      aria-label={`${label}. ${description}`}
      className={styles.bar}
      viewBox={`0 0 ${lengthOfBar(counts, largest)} ${HEIGHT}`}
      preserveAspectRatio="none"
    >
      {parts.map(({ lock, from, width }, index) => (
        <rect
          key={lock}
          x={from}
          y={0}
          width={index === parts.length - 1 ? width : width - GAP}
          height={HEIGHT}
          className={styles[lock]}
        />
      ))}
    </svg>
  );
}
