import type { ActivityEntry, ActivityRow } from "@databox-cmk/protocol";
import { StateBadge, type StateLook, Time } from "@databox-cmk/ui";
import {
  Button,
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  Tooltip,
  tokens,
} from "@fluentui/react-components";
import {
  ChevronDownRegular,
  ChevronRightRegular,
  CheckmarkCircleFilled,
  CheckmarkRegular,
  DismissCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import { Fragment, type ReactElement, useState } from "react";

import { keyVersionLabel } from "../core/key-version-label.ts";
import { below, DESKTOP_PX, TABLET_PX } from "../shell/breakpoints.ts";
import { HiddenText } from "../shell/hidden-text.tsx";
import { useTexts } from "../texts/texts.ts";
import { actionName, actorName } from "./actor-name.ts";
import { EntryDetails } from "./entry-details.tsx";

const BELOW_WIDE = below(DESKTOP_PX);
const NARROW = below(TABLET_PX);
const COLUMNS = 8;

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  cell: { paddingBlock: tokens.spacingVerticalXS, height: "40px" },
  line: { whiteSpace: "nowrap", [NARROW]: { whiteSpace: "normal" } },
  breaks: { overflowWrap: "anywhere" },
  toggle: { width: "40px" },
  wide: { [BELOW_WIDE]: { display: "none" } },
  notNarrow: { [NARROW]: { display: "none" } },
  narrow: {
    display: "none",
    [NARROW]: {
      display: "flex",
      flexDirection: "column",
      alignItems: "start",
      gap: tokens.spacingVerticalXXS,
      overflowWrap: "anywhere",
    },
  },
  mono: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  details: {
    padding: tokens.spacingVerticalM,
    whiteSpace: "normal",
    backgroundColor: tokens.colorNeutralBackground2,
  },
});

/** One row per event; an opened row shows all its details. */
export function ActivityTable({
  entries,
}: {
  readonly entries: readonly ActivityEntry[];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().activity;
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = (sequence: number) => {
    const next = new Set(open);
    if (!next.delete(sequence)) next.add(sequence);
    setOpen(next);
  };
  return (
    <Table aria-label={texts.title} className={styles.table} size="small">
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.toggle}>
            <HiddenText text={texts.details} />
          </TableHeaderCell>
          {[
            [texts.columns.when, undefined],
            [texts.columns.what, styles.notNarrow],
            [texts.columns.who, styles.notNarrow],
            [texts.columns.from, styles.wide],
            [texts.columns.node, styles.wide],
            [texts.columns.keyVersion, styles.wide],
            [texts.columns.result, styles.notNarrow],
          ].map(([heading, className]) => (
            <TableHeaderCell key={heading} className={mergeClasses(styles.heading, className)}>
              {heading}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {entries.map((entry) => {
          const isOpen = open.has(entry.sequence);
          return (
            <Fragment key={entry.sequence}>
              <EntryRow entry={entry} isOpen={isOpen} onToggle={() => toggle(entry.sequence)} />
              {isOpen && (
                <TableRow>
                  <TableCell colSpan={COLUMNS} className={styles.details}>
                    <EntryDetails entry={entry} />
                  </TableCell>
                </TableRow>
              )}
            </Fragment>
          );
        })}
      </TableBody>
    </Table>
  );
}

function EntryRow({
  entry: { sequence, at, row },
  isOpen,
  onToggle,
}: {
  readonly entry: ActivityEntry;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().activity;
  const what = actionName(row, texts);
  const who = actorName(row, texts);
  return (
    <TableRow>
      <TableCell className={styles.toggle}>
        <Button
          appearance="subtle"
          size="small"
          aria-expanded={isOpen}
          aria-label={texts.detailsOf(what, sequence)}
          icon={isOpen ? <ChevronDownRegular /> : <ChevronRightRegular />}
          onClick={onToggle}
        />
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.line)}>
        <Time at={at} precision="second" />
        <div className={styles.narrow}>
          <strong>{what}</strong>
          {who}
          <OutcomeBadge row={row} />
        </div>
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>{what}</TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.breaks, styles.notNarrow)}>
        {who}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.line, styles.wide, styles.mono)}>
        {row.actor.address ?? "–"}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.line, styles.wide, styles.mono)}>
        {row.serial ?? row.actor.serial ?? "–"}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.line, styles.wide, styles.mono)}>
        {row.kid === undefined ? (
          "–"
        ) : (
          <Tooltip content={row.kid} relationship="description">
            <span>{keyVersionLabel(row.kid)}</span>
          </Tooltip>
        )}
      </TableCell>
      <TableCell className={mergeClasses(styles.cell, styles.notNarrow)}>
        <OutcomeBadge row={row} />
      </TableCell>
    </TableRow>
  );
}

const useOutcomeStyles = makeStyles({
  outcome: { display: "flex", flexDirection: "column", minWidth: 0 },
  code: {
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
    overflowWrap: "anywhere",
  },
});

const LOOKS = {
  granted: [CheckmarkCircleFilled, "good"],
  done: [CheckmarkRegular, "quiet"],
  refused: [DismissCircleFilled, "bad"],
  failed: [WarningFilled, "watch"],
} as const satisfies Record<ActivityRow["outcome"], StateLook>;

/** The result of an action, and its code. */
function OutcomeBadge({
  row: { outcome, code, reason },
}: {
  readonly row: Pick<ActivityRow, "outcome" | "code" | "reason">;
}): ReactElement {
  const styles = useOutcomeStyles();
  const texts = useTexts();
  return (
    <span className={styles.outcome}>
      <StateBadge look={LOOKS[outcome]} name={texts.activity.outcomes[outcome]} />
      {code !== undefined && (
        <span className={styles.code}>{reason === undefined ? code : `${code} · ${reason}`}</span>
      )}
    </span>
  );
}
