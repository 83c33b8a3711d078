import { FLEET_CALLS } from "@databox-cmk/protocol";
import {
  Facts,
  RULE_BELOW,
  Section,
  Stack,
  StateIcon,
  type StateLook,
  Time,
} from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  CheckmarkCircleFilled,
  DismissCircleFilled,
  HeartPulseRegular,
  WarningFilled,
} from "@fluentui/react-icons";
import type { ReactElement } from "react";

import {
  type BrokerCheck,
  checkBroker,
  type CheckOf,
  type Findings,
} from "../../core/broker-checks.ts";
import { usePart } from "../../queries/use-part.ts";
import { CommandBar, RefreshButton } from "../../shell/command-bar.tsx";
import { OperatorPage } from "../../shell/page.tsx";
import { QueryState } from "../../shell/query-problem.tsx";
import { RouterLink } from "../../shell/router-link.tsx";
import type { FindingText, FindingTexts } from "../../texts/en.ts";
import { useTexts } from "../../texts/texts.ts";

/** The interval at which the broker reads its figures. */
const READ_MS = 10_000;

const useStyles = makeStyles({
  checks: { listStyleType: "none", margin: 0, padding: 0, maxWidth: "820px" },
});

/** The broker's status, its queues, and the next step for each problem. */
export function BrokerHealthPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const health = usePart(FLEET_CALLS.readHealth, { params: {} }, { refetchInterval: READ_MS });
  const words = texts.operator.health;
  const { data } = health;
  const figures = [
    [words.leases, data?.leases, words.leaseStates],
    [words.keyHealth, data?.keyHealth, words.keyStates],
    [words.switches, data?.revocations, texts.operator.killSwitches.scopes],
  ] as const;
  return (
    <OperatorPage title={words.title} icon={<HeartPulseRegular />}>
      <Stack gap="L">
        <CommandBar>
          <RefreshButton of={health} />
        </CommandBar>
        <QueryState of={health} />
        {data !== undefined && (
          <>
            <Section title={words.checks}>
              <ul className={styles.checks}>
                {checkBroker(data).map((check) => (
                  <BrokerCheckRow key={check.name} check={check} />
                ))}
              </ul>
            </Section>
            {figures.map(([title, counts, names]) => (
              <Section key={title} title={title}>
                <Counts counts={counts ?? {}} names={names} />
              </Section>
            ))}
            <Section title={words.replica}>
              <Facts
                facts={[
                  [words.asOf, <Time at={data.asOf} />],
                  [words.startedAt, <Time at={data.startedAt} />],
                ]}
              />
            </Section>
          </>
        )}
      </Stack>
    </OperatorPage>
  );
}

/** A check without a name of its own is shown by the broker's name for it. */
function Counts({
  counts,
  names,
}: {
  readonly counts: Readonly<Record<string, number>>;
  readonly names: Readonly<Record<string, string>>;
}): ReactElement {
  const texts = useTexts();
  const rows = Object.entries(counts);
  if (rows.length === 0) return <span>{texts.operator.health.none}</span>;
  return <Facts facts={rows.map(([name, value]) => [names[name] ?? name, value])} />;
}

const useRowStyles = makeStyles({
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
function BrokerCheckRow({ check }: { readonly check: BrokerCheck }): ReactElement {
  const styles = useRowStyles();
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
