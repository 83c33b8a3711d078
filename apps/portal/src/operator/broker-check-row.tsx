import { RULE_BELOW, StateIcon, type StateLook } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import { CheckmarkCircleFilled, DismissCircleFilled, WarningFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import type { BrokerCheck, CheckOf, Findings } from "../core/broker-checks.ts";
import { RouterLink } from "../shell/router-link.tsx";
import type { FindingText, FindingTexts } from "../texts/operator-en.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  row: {
    display: "flex",
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalS,
    ...RULE_BELOW,
  },
  words: { display: "flex", flexDirection: "column", minWidth: 0 },
});

const LOOKS = {
  good: [CheckmarkCircleFilled, "good"],
  watch: [WarningFilled, "watch"],
  bad: [DismissCircleFilled, "bad"],
} as const satisfies Record<BrokerCheck["state"], StateLook>;

/** One check: the finding, and the next step if there is a problem. */
export function BrokerCheckRow({ check }: { readonly check: BrokerCheck }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.operator.health;
  const { found, next } = textOf(words.findings, check);
  return (
    <li className={styles.row}>
      <StateIcon look={LOOKS[check.state]} size="large" />
      <div className={styles.words}>
        <Text weight="semibold">{`${words.names[check.name]}: ${words.states[check.state]}`}</Text>
        <Text>{found(check.figure)}</Text>
        {check.state !== "good" && <Text>{`${words.next}: ${next}`}</Text>}
        {check.state !== "good" && check.name === "keys" && (
          <RouterLink to="/operator/orders" search={{ health: "Unusable" }}>
            {words.showOrders}
          </RouterLink>
        )}
        {check.state !== "good" && check.name === "switches" && (
          <RouterLink to="/operator/fleet">{texts.operator.killSwitches.standing}</RouterLink>
        )}
      </div>
    </li>
  );
}

function textOf<Name extends keyof Findings>(
  texts: FindingTexts,
  { name, finding }: CheckOf<Name>,
): FindingText {
  return texts[name][finding];
}
