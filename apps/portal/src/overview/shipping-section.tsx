import type { VerdictView } from "@databox-cmk/protocol";
import { Section, StateBadge, type StateLook, textOf } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  CircleRegular,
  DismissCircleFilled,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { ShippingBadge } from "../order/badges.tsx";
import { useOrderName } from "../order/use-order.ts";
import { ORDER, RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";

type Shipping = NonNullable<VerdictView["shipping"]>;

const LOOKS = {
  Passed: [CheckmarkCircleFilled, "good"],
  Attention: [WarningFilled, "watch"],
  Failed: [DismissCircleFilled, "bad"],
  Open: [CircleRegular, "none"],
} as const satisfies Record<Shipping["checks"][number]["state"], StateLook>;

/** The page on which each check is mended. */
const PAGES: Readonly<Record<string, string>> = {
  backup: `${ORDER}/backup-keys`,
  approvers: `${ORDER}/unlock-policy`,
};

const useStyles = makeStyles({
  checks: {
    display: "grid",
    gridTemplateColumns: "repeat(auto-fit, minmax(min(100%, 280px), 1fr))",
    gap: tokens.spacingHorizontalM,
    listStyleType: "none",
    margin: 0,
    padding: 0,
  },
  check: { display: "flex", flexDirection: "column", alignItems: "start" },
});

/** One light before the dispatch, and its checks. */
export function ShippingSection({ shipping }: { readonly shipping: Shipping }): ReactElement {
  const styles = useStyles();
  const { shipping: texts } = useTexts().order;
  const name = useOrderName();
  return (
    <Section title={texts.title}>
      <ShippingBadge light={shipping.light} />
      <ul className={styles.checks}>
        {shipping.checks.map((check) => (
          <li key={check.name} className={styles.check}>
            <RouterLink to={PAGES[check.name] ?? `${ORDER}/key-health`} params={name}>
              {textOf(texts.names, check.name) ?? check.name}
            </RouterLink>
            <StateBadge look={LOOKS[check.state]} name={texts.states[check.state]} />
            <Text size={200}>{textOf(texts.hints, `${check.name} ${check.state}`)}</Text>
          </li>
        ))}
      </ul>
    </Section>
  );
}
