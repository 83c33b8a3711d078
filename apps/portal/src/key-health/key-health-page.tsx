import { Section } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useKeyHealth } from "../order/use-order.ts";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { Drill } from "./drill.tsx";
import { HealthSummary } from "./health-summary.tsx";
import { KeyVersionsInUse } from "./key-versions-in-use.tsx";
import { Revocation } from "./revocation.tsx";

const useStyles = makeStyles({
  stack: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalXXL },
});

/** The state and dates of the key, the versions that the order depends on, and revocation. */
export function KeyHealthPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts().keyHealth;
  const health = useKeyHealth();
  return (
    <OrderPage section="keyHealth">
      <div className={styles.stack}>
        <QueryState of={health} />
        {health.data !== undefined && <HealthSummary health={health.data} />}
        <Section title={texts.versionsTitle}>
          <KeyVersionsInUse />
        </Section>
        <Section title={texts.revocationTitle}>
          <Revocation />
        </Section>
        <Section title={texts.drillTitle}>
          <Drill />
        </Section>
      </div>
    </OrderPage>
  );
}
