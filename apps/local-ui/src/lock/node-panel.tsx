import { CopyButton, type Fact, Facts, Time } from "@databox-cmk/ui";
import { makeStyles, Text, tokens } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { formatDuration } from "../core/format-duration.ts";
import { Panel } from "../shell/page.tsx";
import { useNode, useSecondsSinceState } from "../state/node-context.ts";
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
  const { serial, model, agent, order, broker, volume, generation, custody, addresses = [] } = node;
  const facts: readonly Fact[] = [
    ...siblings.map(({ serial: other, lock, lastSeenSeconds: seen }): Fact => [
      texts.node.sibling,
      `${other}: ${texts.node.siblingLocks[lock]} ${
        seen === undefined
          ? texts.node.siblingNeverSeen
          : texts.node.siblingSeen(formatDuration(seen + passed))
      }`,
    ]),
    [texts.node.model, model],
    [texts.node.order, order],
    [texts.node.broker, broker],
    ...addresses.map(({ address, standing, since }): Fact => [
      address,
      <>
        {texts.node.standings[standing]} {since !== undefined && <Time at={since} />}
      </>,
    ]),
    [texts.node.volume, volume && texts.node.volumes[volume]],
    [texts.node.generation, generation],
    [texts.node.agent, agent],
    [texts.node.custody, texts.node.custodies[custody]],
  ];
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
