import {
  makeStyles,
  mergeClasses,
  Table,
  TableBody,
  TableCell,
  TableHeader,
  TableHeaderCell,
  TableRow,
  tokens,
} from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular, SubtractRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { TimelineStep } from "../api/diagnostics.ts";
import { HiddenText } from "../shell/hidden-text.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  icon: { width: "32px" },
  number: { width: "110px", whiteSpace: "nowrap", "@media (max-width: 639px)": { width: "72px" } },
  Passed: { color: tokens.colorStatusSuccessForeground1 },
  Failed: { color: tokens.colorStatusDangerForeground1 },
  NotReached: { color: tokens.colorNeutralForeground3 },
  text: { overflowWrap: "anywhere" },
});

const ICONS = {
  Passed: CheckmarkRegular,
  Failed: DismissRegular,
  NotReached: SubtractRegular,
} as const satisfies Record<TimelineStep["status"], unknown>;

/** The steps of a message, in order, and how long each took. */
export function Timeline({ steps }: { readonly steps: readonly TimelineStep[] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <Table size="extra-small" aria-label={texts.activity.course} className={styles.table}>
      <TableHeader>
        <TableRow>
          <TableHeaderCell className={styles.icon}>
            <HiddenText text={texts.activity.columns.result} />
          </TableHeaderCell>
          <TableHeaderCell className={styles.heading}>{texts.activity.step}</TableHeaderCell>
          <TableHeaderCell className={mergeClasses(styles.heading, styles.number)}>
            {texts.activity.after}
          </TableHeaderCell>
          <TableHeaderCell className={mergeClasses(styles.heading, styles.number)}>
            {texts.activity.took}
          </TableHeaderCell>
        </TableRow>
      </TableHeader>
      <TableBody>
        {steps.map((step) => {
          const Icon = ICONS[step.status];
          return (
            <TableRow key={step.name}>
              <TableCell className={mergeClasses(styles.icon, styles[step.status])}>
                <Icon aria-label={texts.preflight.statuses[step.status]} />
              </TableCell>
              <TableCell className={styles.text} lang="en">
                {step.title}
              </TableCell>
              <TableCell className={styles.number}>{milliseconds(step.afterMs)}</TableCell>
              <TableCell className={styles.number}>{milliseconds(step.elapsedMs)}</TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : `${String(value)} ms`;
}
