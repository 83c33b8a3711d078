import { Notice } from "@databox-cmk/ui";
import { Button, makeStyles, ProgressBar } from "@fluentui/react-components";
import { useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { useSignedIn } from "../queries/session-context.ts";
import { Age } from "../shell/age.tsx";
import { useNow } from "../shell/use-now.ts";
import { useTexts } from "../texts/texts.ts";

const TICK_MS = 500;
const SLOW_MS = 1000;
const STUCK_MS = 10_000;

const useStyles = makeStyles({
  // Over the page, so that nothing moves when it comes and goes.
  progress: { position: "absolute", insetInline: 0, insetBlockStart: "40px", zIndex: 5 },
});

/** Says that the page waits for the service and is no longer renewed by itself. */
export function ConnectionStatus({
  lostSince,
}: {
  /** Since when live updates have been missing; ISO 8601. */
  readonly lostSince: string | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts().shell.connection;
  const { pending } = useSignedIn();
  const queryClient = useQueryClient();
  const nowMs = useNow(TICK_MS);
  const waitedMs = nowMs - (pending.oldestMs() ?? nowMs);
  return (
    <section aria-label={texts.title}>
      {waitedMs >= SLOW_MS && (
        <ProgressBar className={styles.progress} aria-label={texts.waiting} shape="square" />
      )}
      {waitedMs >= STUCK_MS && <Notice intent="warning">{texts.stuck}</Notice>}
      {lostSince !== undefined && nowMs - Date.parse(lostSince) >= STUCK_MS && (
        <Notice
          intent="warning"
          actions={
            <Button onClick={() => void queryClient.invalidateQueries()}>{texts.reload}</Button>
          }
        >
          {texts.lost} <Age since={lostSince} />.
        </Notice>
      )}
    </section>
  );
}
