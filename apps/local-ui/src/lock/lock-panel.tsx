import type { LocalState } from "@databox-cmk/protocol";
import { type Fact, Facts, Time } from "@databox-cmk/ui";
import { makeStyles, mergeClasses, Text, tokens } from "@fluentui/react-components";
import { BoxCheckmarkFilled, LockClosedFilled, LockOpenFilled } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { formatDuration } from "../core/format-duration.ts";
import { Panel } from "../shell/page.tsx";
import { useNode, useSecondsSinceState } from "../state/node-context.ts";
import { type Texts, useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  state: { display: "flex", alignItems: "center", gap: tokens.spacingHorizontalM },
  icon: { display: "flex", fontSize: "40px", flexShrink: 0 },
  locked: { color: tokens.colorNeutralForeground2 },
  unlocked: { color: tokens.colorBrandForeground1 },
  readyToShip: { color: tokens.colorBrandForeground1 },
});

const ICONS = {
  locked: LockClosedFilled,
  unlocked: LockOpenFilled,
  readyToShip: BoxCheckmarkFilled,
} as const;

/** The lock state of the volume, the reason, and the end of the lease. */
export function LockPanel(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { lock } = useNode().state;
  const passed = useSecondsSinceState();
  const look = lock.kind === "locked" && lock.preparedToShip === true ? "readyToShip" : lock.kind;
  const Icon = ICONS[look];
  return (
    <Panel title={texts.lock.title}>
      <div className={styles.state} role="status">
        <span className={mergeClasses(styles.icon, styles[look])} aria-hidden>
          <Icon />
        </span>
        <Text size={600} weight="semibold">
          {texts.lock[look]}
        </Text>
      </div>
      {look === "readyToShip" && <Text>{texts.lock.readyToShipHint}</Text>}
      <Facts columns={1} facts={factsOf(lock, passed, texts)} />
    </Panel>
  );
}

function factsOf(lock: LocalState["lock"], passed: number, texts: Texts): readonly Fact[] {
  const since: Fact = [texts.lock.since, <Time at={lock.since} />];
  if (lock.kind === "locked") return [since];
  const { secondsSinceAnswer: answered, graceLeftSeconds: grace } = lock;
  const left = grace === undefined ? undefined : grace - passed;
  return [
    since,
    [texts.lock.by, texts.lock.ways[lock.by]],
    [
      texts.lock.answered,
      answered === undefined
        ? texts.lock.neverAnswered
        : texts.lock.answeredAgo(formatDuration(answered + passed)),
    ],
    [
      texts.lock.grace,
      left === undefined
        ? texts.lock.noGrace
        : left <= 0
          ? texts.lock.graceNow
          : texts.lock.graceLeft(formatDuration(left)),
    ],
  ];
}
