import { LoadingState, Section, Time } from "@databox-cmk/ui";
import {
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
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { readOfflineUnlocks } from "../api/offline-unlocks.ts";
import { useOrderName } from "../order/use-order.ts";
import { PersonName } from "../people/person-name.tsx";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { NarrowFacts } from "../shell/narrow-facts.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { leaseName } from "./lease-name.ts";

const NARROW = "@media (max-width: 767px)";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  wide: { [NARROW]: { display: "none" } },
  text: { overflowWrap: "anywhere", height: "auto" },
});

/** Answers that people carried away, and the remaining number of today. */
export function GivenAnswers(): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlock;
  const { client } = useSignedIn();
  const name = useOrderName();
  const given = useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "offlineUnlocks"),
    queryFn: ({ signal }) => readOfflineUnlocks(client, name, signal),
  });
  const headings = [
    [texts.given, undefined],
    [texts.node, undefined],
    [texts.by, undefined],
    [texts.reason, styles.wide],
    [texts.lease, styles.wide],
    [texts.receipt, styles.wide],
  ] as const;
  return (
    <Section title={texts.givenTitle}>
      {given.error !== null && (
        <QueryProblem error={given.error} onTryAgain={() => void given.refetch()} />
      )}
      {given.isPending && <LoadingState />}
      {given.data !== undefined && (
        <Text>{texts.usedToday(given.data.usedToday, given.data.limitPerDay)}</Text>
      )}
      {given.data?.value.length === 0 && <Text>{texts.noneGiven}</Text>}
      {given.data !== undefined && given.data.value.length > 0 && (
        <Table size="small" aria-label={texts.givenTitle} className={styles.table}>
          <TableHeader>
            <TableRow>
              {headings.map(([heading, className]) => (
                <TableHeaderCell key={heading} className={mergeClasses(styles.heading, className)}>
                  {heading}
                </TableHeaderCell>
              ))}
            </TableRow>
          </TableHeader>
          <TableBody>
            {given.data.value.map((use) => (
              <TableRow key={use.challengeId}>
                <TableCell className={styles.text}>
                  <Time at={use.at} />
                  <NarrowFacts
                    below={768}
                    facts={[
                      { label: texts.reason, value: use.reason ?? "–" },
                      { label: texts.lease, value: leaseName(use.lease, texts) },
                      { label: texts.receipt, value: use.receipt ?? texts.noReceipt },
                    ]}
                  />
                </TableCell>
                <TableCell className={styles.text}>{use.serial}</TableCell>
                <TableCell className={styles.text}>
                  <PersonName id={use.by} />
                </TableCell>
                <TableCell className={mergeClasses(styles.text, styles.wide)}>
                  {use.reason ?? "–"}
                </TableCell>
                <TableCell className={styles.wide}>{leaseName(use.lease, texts)}</TableCell>
                <TableCell className={styles.wide}>{use.receipt ?? texts.noReceipt}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
