import { makeStyles, tokens } from "@fluentui/react-components";
import { CheckmarkRegular, DismissRegular, SubtractRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { TimelineStep } from "../api/diagnostics.ts";
import { ON_NARROW } from "../shell/breakpoints.ts";
import { DataTable } from "../shell/data-table.tsx";
import { HiddenText } from "../shell/hidden-text.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  icon: { width: "32px" },
  number: { width: "110px", whiteSpace: "nowrap", [ON_NARROW]: { width: "72px" } },
  Passed: { color: tokens.colorStatusSuccessForeground1 },
  Failed: { color: tokens.colorStatusDangerForeground1 },
  NotReached: { color: tokens.colorNeutralForeground3 },
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
    <DataTable
      label={texts.activity.course}
      size="extra-small"
      columns={[
        {
          heading: texts.activity.columns.result,
          header: <HiddenText text={texts.activity.columns.result} />,
          className: styles.icon,
          cell: ({ status }) => {
            const Icon = ICONS[status];
            return (
              <span className={styles[status]}>
                <Icon aria-label={texts.preflight.statuses[status]} />
              </span>
            );
          },
        },
        { heading: texts.activity.step, cell: ({ title }) => <span lang="en">{title}</span> },
        {
          heading: texts.activity.after,
          className: styles.number,
          cell: ({ afterMs }) => milliseconds(afterMs),
        },
        {
          heading: texts.activity.took,
          className: styles.number,
          cell: ({ elapsedMs }) => milliseconds(elapsedMs),
        },
      ]}
      rows={steps}
      keyOf={({ name }) => name}
    />
  );
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : `${String(value)} ms`;
}
