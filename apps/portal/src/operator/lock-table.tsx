import { LOCK_STATES, type LockCounts } from "@databox-cmk/protocol";
import { makeStyles } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { DataTable } from "../shell/data-table.tsx";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  scroll: { overflowX: "auto", maxWidth: "100%" },
  name: { minWidth: "120px" },
});

/** The same counts as numbers. */
export function LockTable({
  label,
  rows,
}: {
  readonly label: string;
  readonly rows: readonly { readonly name: string; readonly counts: LockCounts }[];
}): ReactElement {
  const styles = useStyles();
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
