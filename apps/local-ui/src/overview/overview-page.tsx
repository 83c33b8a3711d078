import type { ReactElement } from "react";

import { CommandsPanel } from "../commands/commands-panel.tsx";
import { JournalList } from "../journal/journal-list.tsx";
import { LockPanel } from "../lock/lock-panel.tsx";
import { NodePanel } from "../lock/node-panel.tsx";
import { OperationPanel } from "../operation/operation-panel.tsx";
import { Columns, Page, Panel } from "../shell/page.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PasskeyWay } from "../unlock/passkey-way.tsx";
import { UnlockPanel } from "../unlock/unlock-panel.tsx";
import { WaitingPanel } from "../unlock/waiting-panel.tsx";

const LAST_ROWS = 5;

/** The node at a glance, and the possible actions. */
export function OverviewPage(): ReactElement {
  const texts = useTexts();
  const { lock } = useNode().state;
  return (
    <Page title={texts.overview.title}>
      <Columns
        first={
          <>
            <LockPanel />
            {lock.kind === "locked" && <UnlockPanel passkeyWay={<PasskeyWay />} />}
            <WaitingPanel />
            <OperationPanel />
            <CommandsPanel />
          </>
        }
        second={
          <>
            <NodePanel />
            <Panel title={texts.overview.activity}>
              <JournalList last={LAST_ROWS} withFacts={false} />
              <RouterLink to="/journal">{texts.overview.allActivity}</RouterLink>
            </Panel>
          </>
        }
      />
    </Page>
  );
}
