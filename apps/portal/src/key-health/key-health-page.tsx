import { Section, Stack } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useKeyHealth } from "../order/use-order.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { Drill } from "./drill.tsx";
import { HealthSummary } from "./health-summary.tsx";
import { KeyVersionsInUse } from "./key-versions-in-use.tsx";
import { RevocationSection } from "./revocation.tsx";

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
