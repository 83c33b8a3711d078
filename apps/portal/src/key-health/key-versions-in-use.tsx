import type { KeyVersionsView } from "@databox-cmk/protocol";
import { LoadingState, Time } from "@databox-cmk/ui";
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
import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { readKeyVersionsInUse } from "../api/key-versions.ts";
import { keyVersionLabel } from "../core/key-version-label.ts";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Copyable } from "../shell/copyable.tsx";
import { NarrowFacts } from "../shell/narrow-facts.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

const NARROW = "@media (max-width: 1023px)";

const useStyles = makeStyles({
  table: { tableLayout: "auto" },
  heading: { fontWeight: tokens.fontWeightSemibold },
  wide: { [NARROW]: { display: "none" } },
  text: { overflowWrap: "anywhere", whiteSpace: "normal", paddingBlock: tokens.spacingVerticalXS },
  verdict: { display: "inline-flex", alignItems: "center", gap: tokens.spacingHorizontalXS },
  icon: { display: "flex", flexShrink: 0, fontSize: "16px" },
  safe: { color: tokens.colorStatusSuccessForeground1 },
  needed: { color: tokens.colorStatusWarningForeground3 },
});

/** The versions of the key that the order depends on, and which of them may be disabled. */
export function KeyVersionsInUse(): ReactElement {
  const texts = useTexts().keyHealth;
  const { client } = useSignedIn();
  const name = useOrderName();
  const versions = useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "keyVersions"),
    queryFn: ({ signal }) => readKeyVersionsInUse(client, name, signal),
  });
  const newestProblem = useCloudProblem(versions.data?.newest?.error);
  if (versions.isPending) return <LoadingState />;
  if (versions.error !== null)
    return <QueryProblem error={versions.error} onTryAgain={() => void versions.refetch()} />;
  const { value, devices } = versions.data;
  if (value.length === 0) return <Text>{texts.noVersions}</Text>;
  return (
    <>
      {newestProblem !== undefined && <ProblemPanel problem={newestProblem} />}
      {devices.total > 0 && <Text>{texts.devices(devices.acknowledged, devices.total)}</Text>}
      <VersionTable versions={value} />
    </>
  );
}

function VersionTable({ versions }: { readonly versions: KeyVersionsView["value"] }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().keyHealth;
  return (
    <Table size="small" aria-label={texts.versionsTitle} className={styles.table}>
      <TableHeader>
        <TableRow>
          {[
            [texts.keyVersion, undefined],
            [texts.safe, undefined],
            [texts.why, styles.wide],
            [texts.envelopes, styles.wide],
            [texts.liveLeases, styles.wide],
            [texts.lastUsed, styles.wide],
          ].map(([heading, className]) => (
            <TableHeaderCell key={heading} className={mergeClasses(styles.heading, className)}>
              {heading}
            </TableHeaderCell>
          ))}
        </TableRow>
      </TableHeader>
      <TableBody>
        {versions.map((version) => (
          <VersionRow key={version.kid} version={version} />
        ))}
      </TableBody>
    </Table>
  );
}

function VersionRow({
  version,
}: {
  readonly version: KeyVersionsView["value"][number];
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().keyHealth;
  const facts = [
    { label: texts.why, value: texts.versionReason(version) },
    { label: texts.envelopes, value: version.currentEnvelopes },
    { label: texts.liveLeases, value: version.liveLeases },
    {
      label: texts.lastUsed,
      value: version.lastUsedAt === undefined ? texts.never : <Time at={version.lastUsedAt} />,
    },
  ];
  return (
    <TableRow>
      <TableCell className={styles.text}>
        <Copyable value={version.kid} shown={keyVersionLabel(version.kid)} what={version.kid} />
        <NarrowFacts below={1024} facts={facts} />
      </TableCell>
      <TableCell className={styles.text}>
        <span className={styles.verdict}>
          <span
            className={mergeClasses(
              styles.icon,
              version.safeToDisable ? styles.safe : styles.needed,
            )}
            aria-hidden
          >
            {version.safeToDisable ? <CheckmarkCircleFilled /> : <WarningFilled />}
          </span>
          {version.safeToDisable ? texts.isSafe : texts.isNeeded}
        </span>
      </TableCell>
      {facts.map(({ label, value }) => (
        <TableCell key={label} className={mergeClasses(styles.text, styles.wide)}>
          {value}
        </TableCell>
      ))}
    </TableRow>
  );
}
