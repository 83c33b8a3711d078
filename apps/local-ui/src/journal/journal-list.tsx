import type { LocalJournal } from "@databox-cmk/protocol";
import { EmptyState, LoadingState, RULE_BELOW, textOf, Time } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { HistoryRegular } from "@fluentui/react-icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useEffect } from "react";

import { journalQuery } from "../api/queries.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  rows: { listStyleType: "none", margin: 0, padding: 0 },
  row: {
    display: "grid",
    gridTemplateColumns: "minmax(0, 1fr) auto",
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
  },
  facts: {
    gridColumnStart: 1,
    gridColumnEnd: -1,
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    margin: 0,
    fontSize: tokens.fontSizeBase200,
    color: tokens.colorNeutralForeground2,
  },
  fact: { display: "flex", gap: tokens.spacingHorizontalXS, minWidth: 0 },
  value: { margin: 0, minWidth: 0, overflowWrap: "anywhere" },
});

/**
 * The newest rows of the journal, newest first.
 *
 * @param withFacts - also the facts of each row.
 */
export function JournalList({
  last,
  withFacts,
}: {
  readonly last: number;
  readonly withFacts: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const journal = useJournal(last);
  if (journal.error !== null) return <CallProblem error={journal.error} />;
  if (journal.data === undefined) return <LoadingState />;
  const { rows } = journal.data;
  if (rows.length === 0)
    return <EmptyState icon={<HistoryRegular />} title={texts.journal.empty} />;
  return (
    <ol className={styles.rows} reversed>
      {rows.toReversed().map((row) => (
        <JournalRow key={row.sequence} row={row} withFacts={withFacts} />
      ))}
    </ol>
  );
}

function JournalRow({
  row,
  withFacts,
}: {
  readonly row: LocalJournal["rows"][number];
  readonly withFacts: boolean;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { events, closed } = texts.journal;
  // Only an order of the broker is a refusal.
  const cause = row.event === "relocked" ? textOf(closed, String(row.facts["cause"])) : undefined;
  const facts = withFacts ? Object.entries(row.facts).filter(([, value]) => value !== "") : [];
  return (
    <li className={styles.row}>
      <Text weight="semibold">{cause ?? textOf(events, row.event) ?? row.event}</Text>
      <Text size={200}>
        <Time at={row.at} />
      </Text>
      {facts.length > 0 && (
        <dl className={styles.facts} lang="en">
          {facts.map(([name, value]) => (
            <div key={name} className={styles.fact}>
              <dt>{name}</dt>
              <dd className={styles.value}>{String(value)}</dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

/**
 * Rows of the journal; read again after a change of the lock or the end of an operation, which
 * write rows.
 */
export function useJournal(last: number) {
  const { api, state } = useNode();
  const queryClient = useQueryClient();
  const { lock, operation } = state;
  const written = `${lock.kind} ${lock.since} ${operation?.id ?? ""} ${operation?.outcome ?? ""}`;
  useEffect(() => {
    void queryClient.invalidateQueries({ queryKey: ["journal"] });
  }, [written, queryClient]);
  return useQuery(journalQuery(api, last));
}
