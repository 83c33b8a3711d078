import { KEY_VERSION_CALLS } from "@databox-cmk/protocol";
import { Section, Stack, StateBadge, Time } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { CheckmarkCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { keyVersionLabel } from "../core/key-version-label.ts";
import { Consequences } from "../order/consequences.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { useCloudProblem } from "../order/use-cloud-problem.ts";
import { useKeyHealth, useOrderPart } from "../order/use-order.ts";
import { Copyable } from "../shell/copyable.tsx";
import { DataTable } from "../shell/data-table.tsx";
import { ProblemPanel } from "../shell/problem-panel.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { HealthSummary } from "./health-summary.tsx";
import { Drill, RevocationSection } from "./revocation.tsx";

/** The state and dates of the key, the versions that the order depends on, and revocation. */
export function KeyHealthPage(): ReactElement {
  const texts = useTexts().keyHealth;
  const health = useKeyHealth();
  return (
    <OrderPage section="keyHealth">
      <Stack gap="XXL">
        <QueryState of={health} />
        {health.data !== undefined && <HealthSummary health={health.data} />}
        <Section title={texts.versionsTitle}>
          <KeyVersionsInUse />
        </Section>
        <Section title={texts.revocationTitle}>
          <RevocationSection />
        </Section>
        <Section title={texts.drillTitle}>
          <Drill />
        </Section>
      </Stack>
    </OrderPage>
  );
}

/** The versions of the key that the order depends on, and which of them may be disabled. */
function KeyVersionsInUse(): ReactElement {
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
      <DataTable
        label={texts.versionsTitle}
        columns={[
          {
            heading: texts.keyVersion,
            cell: ({ kid }) => <Copyable value={kid} shown={keyVersionLabel(kid)} what={kid} />,
          },
          {
            heading: texts.safe,
            cell: ({ safeToDisable }) =>
              safeToDisable ? (
                <StateBadge look={[CheckmarkCircleFilled, "good"]} name={texts.isSafe} />
              ) : (
                <StateBadge look={[WarningFilled, "watch"]} name={texts.isNeeded} />
              ),
          },
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
        rows={value}
        keyOf={({ kid }) => kid}
      />
      <Consequences of="key" />
    </>
  );
}
