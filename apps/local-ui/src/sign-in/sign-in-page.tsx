import { Text } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { LockPanel } from "../lock/lock-panel.tsx";
import { NodePanel } from "../lock/node-panel.tsx";
import { OperationPanel } from "../operation/operation-panel.tsx";
import { Columns } from "../shell/columns.tsx";
import { Page } from "../shell/page.tsx";
import { Panel } from "../shell/panel.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { UnlockPanel } from "../unlock/unlock-panel.tsx";
import { WaitingPanel } from "../unlock/waiting-panel.tsx";
import { SignInForm } from "./sign-in-form.tsx";

/** The public page of the node: its identity, its lock state, and the ways to sign in. */
export function SignInPage(): ReactElement {
  const texts = useTexts();
  const { lock, node } = useNode().state;
  const isSplit = node.custody === "split";
  return (
    <Page title={texts.signIn.titles[node.custody][lock.kind]}>
      <Columns
        first={
          <>
            <NodePanel />
            <LockPanel />
          </>
        }
        second={
          <>
            {lock.kind === "locked" ? (
              <UnlockPanel passkeyWay={<SignInForm />} />
            ) : (
              <Panel title={texts.signIn.title}>
                {isSplit ? <Text>{texts.signIn.split}</Text> : <SignInForm />}
              </Panel>
            )}
            <WaitingPanel />
            <OperationPanel />
          </>
        }
      />
    </Page>
  );
}
