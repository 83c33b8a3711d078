import type { OrderSummary } from "@databox-cmk/protocol";
import { formatRelative, Time, useLanguage } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { OrderLink } from "./order-link.tsx";

const useStyles = makeStyles({
  line: {
    listStyleType: "none",
    margin: 0,
    paddingInlineStart: tokens.spacingHorizontalL,
    borderInlineStartWidth: "2px",
    borderInlineStartStyle: "solid",
    borderInlineStartColor: tokens.colorNeutralStroke1,
  },
  point: {
    position: "relative",
    display: "flex",
    flexWrap: "wrap",
    columnGap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalXS,
    "::before": {
      content: '""',
      position: "absolute",
      insetInlineStart: `calc(-1 * ${tokens.spacingHorizontalL} - 6px)`,
      insetBlockStart: "10px",
      width: "10px",
      height: "10px",
      borderRadius: tokens.borderRadiusCircular,
      backgroundColor: tokens.colorStatusWarningForeground3,
    },
  },
  relative: { minWidth: "110px" },
});

/** Keys that will stop working at a known date, the earliest first. */
export function ExpiryTimeline({
  orders,
  isOperator,
}: {
  readonly orders: readonly OrderSummary[];
  readonly isOperator: boolean;
}): ReactElement {
  const styles = useStyles();
  const words = useTexts().home;
  const { language } = useLanguage();
  if (orders.length === 0) return <Text>{words.noExpiries}</Text>;
  const now = new Date();
  return (
    <ol className={styles.line}>
      {orders.map(({ id, name, keyHealth: { riskAt = "" } }) => (
        <li key={id} className={styles.point}>
          <Text weight="semibold" className={styles.relative}>
            {formatRelative(new Date(riskAt), now, language)}
          </Text>
          <Time at={riskAt} />
          <OrderLink orderId={id} page="keyHealth" isOperator={isOperator}>
            {name}
          </OrderLink>
        </li>
      ))}
    </ol>
  );
}
