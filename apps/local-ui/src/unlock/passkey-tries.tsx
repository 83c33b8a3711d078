import { Notice } from "@databox-cmk/ui";
import { Text } from "@fluentui/react-components";
import { type ReactElement, useEffect } from "react";

import { formatDuration } from "../core/format-duration.ts";
import { useNode } from "../state/node-context.ts";
import { useSecondsSinceState } from "../state/use-seconds-since-state.ts";
import { useTexts } from "../texts/texts.ts";

const TRIES = 5;

/** The number of remaining tries, or the time to wait; nothing before the first wrong one. */
export function PasskeyTries(): ReactElement | null {
  const texts = useTexts();
  const { state, feed } = useNode();
  const { left, waitSeconds } = state.passkeyTries;
  const waitLeft = waitSeconds - useSecondsSinceState();
  const isOver = waitSeconds > 0 && waitLeft <= 0;
  useEffect(() => {
    if (isOver) feed.reopen();
  }, [isOver, feed]);
  if (waitSeconds > 0)
    return (
      <Notice intent="warning" title={texts.unlock.passkey.waitTitle}>
        {texts.unlock.passkey.wait(formatDuration(Math.ceil(waitLeft)))}
      </Notice>
    );
  return left < TRIES ? (
    <Text role="status" weight="semibold">
      {texts.unlock.passkey.triesLeft(left)}
    </Text>
  ) : null;
}
