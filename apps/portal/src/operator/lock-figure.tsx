import type { LockCounts } from "@databox-cmk/protocol";
import { Section } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { nodesOf } from "../core/fleet-bar.ts";
import { useTexts } from "../texts/texts.ts";
import { LockBar } from "./lock-bar.tsx";
import { LockTable } from "./lock-table.tsx";

const useStyles = makeStyles({
  rows: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  head: { display: "flex", gap: tokens.spacingHorizontalM, flexWrap: "wrap" },
  name: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
});

/** Nodes by one thing, as bars or as a table. */
export function LockFigure({
  title,
  rows,
  isTable,
}: {
  readonly title: string;
  readonly rows: readonly { readonly name: string; readonly counts: LockCounts }[];
  readonly isTable: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  return (
    <Section title={title}>
      {isTable ? (
        <LockTable label={title} rows={rows} />
      ) : (
        <div className={styles.rows}>
          {rows.map(({ name, counts }) => (
            <div key={name}>
              <div className={styles.head}>
                <Text className={styles.name}>{name}</Text>
                <Text>{texts.operator.fleet.nodes(nodesOf(counts))}</Text>
              </div>
              <LockBar counts={counts} label={name} />
            </div>
          ))}
        </div>
      )}
    </Section>
  );
}
