import { KEY_VERSION_CALLS, type KeyVersionsView } from "@databox-cmk/protocol";
import { StateBadge, Time } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { keyVersionLabel } from "../core/key-version-label.ts";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useOrderPart } from "../order/use-order.ts";
import { Copyable } from "../shell/copyable.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** The versions of the key that the order depends on, and which of them may be disabled. */
export function KeyVersionsInUse(): ReactElement {
  const texts = useTexts().keyHealth;
  const versions = useOrderPart(KEY_VERSION_CALLS.ofOrder);
  const newestProblem = useCloudProblem(versions.data?.newest?.error);
  if (versions.isPending || versions.error !== null) return <QueryState of={versions} />;
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
  const texts = useTexts().keyHealth;
  return (
    <DataTable
      label={texts.versionsTitle}
      columns={[
        {
          heading: texts.keyVersion,
          cell: ({ kid }) => <Copyable value={kid} shown={keyVersionLabel(kid)} what={kid} />,
        },
        { heading: texts.safe, cell: ({ safeToDisable }) => <Verdict isSafe={safeToDisable} /> },
        { heading: texts.why, isWide: true, cell: texts.versionReason },
        {
          heading: texts.envelopes,
          isWide: true,
          cell: ({ currentEnvelopes }) => currentEnvelopes,
        },
        { heading: texts.liveLeases, isWide: true, cell: ({ liveLeases }) => liveLeases },
        {
          heading: texts.lastUsed,
          isWide: true,
          cell: ({ lastUsedAt }) =>
            lastUsedAt === undefined ? texts.never : <Time at={lastUsedAt} />,
        },
      ]}
      rows={versions}
      keyOf={({ kid }) => kid}
    />
  );
}

function Verdict({ isSafe }: { readonly isSafe: boolean }): ReactElement {
  const texts = useTexts().keyHealth;
  return isSafe ? (
    <StateBadge look={[CheckmarkCircleFilled, "good"]} name={texts.isSafe} />
  ) : (
    <StateBadge look={[WarningFilled, "watch"]} name={texts.isNeeded} />
  );
}
