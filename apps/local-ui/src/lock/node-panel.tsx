import { CopyButton, type Fact, Facts } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

import { formatDuration } from "../core/format-duration.ts";
import { Panel } from "../shell/panel.tsx";
import { useNode } from "../state/node-context.ts";
import { useSecondsSinceState } from "../state/use-seconds-since-state.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  serial: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeHero700,
    lineHeight: tokens.lineHeightHero700,
    overflowWrap: "anywhere",
  },
});

/** The identity of this node, to be compared with the portal before a passkey is typed. */
export function NodePanel(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { node, session, siblings = [] } = useNode().state;
  const passed = useSecondsSinceState();
  const { serial, model, agent, order, broker, volume, generation, custody } = node;
  const facts = [
    ...siblings.map(({ serial: other, lock, lastSeenSeconds: seen }) => ({
      label: texts.node.sibling,
      value: `${other}: ${texts.node.siblingLocks[lock]} ${
        seen === undefined
          ? texts.node.siblingNeverSeen
          : texts.node.siblingSeen(formatDuration(seen + passed))
      }`,
    })),
    known(texts.node.model, model),
    known(texts.node.order, order),
    known(texts.node.broker, broker),
    known(texts.node.volume, volume === undefined ? undefined : texts.node.volumes[volume]),
    known(texts.node.generation, generation),
    known(texts.node.agent, agent),
    known(texts.node.custody, texts.node.custodies[custody]),
  ].flat();
  return (
    <Panel title={texts.node.title}>
      <div>
        <Text size={200}>{texts.node.serial}</Text>
        <div className={styles.serial}>
          <span>{serial}</span>
          <CopyButton value={serial} what={texts.node.serial} />
        </div>
      </div>
      {!session.signedIn && <Text>{texts.node.compare[custody]}</Text>}
      <Facts columns={1} facts={facts} />
    </Panel>
  );
}

function known(label: string, value: ReactNode): readonly Fact[] {
  return value === undefined ? [] : [{ label, value }];
}
