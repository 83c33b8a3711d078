import { Button, Checkbox, Text } from "@fluentui/react-components";
import { KeyRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import * as z from "zod/mini";

import { LockPanel } from "../lock/lock-panel.tsx";
import { NodePanel } from "../lock/node-panel.tsx";
import { OperationPanel } from "../operation/operation-panel.tsx";
import { CallProblem } from "../shell/call-problem.tsx";
import { Columns, Page, Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PasskeyField, PasskeyTries } from "../unlock/passkey-way.tsx";
import { UnlockPanel } from "../unlock/unlock-panel.tsx";
import { WaitingPanel } from "../unlock/waiting-panel.tsx";
import { Way } from "../unlock/way.tsx";

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

const signedIn = z.object({ csrfToken: z.string() });

/**
 * Sign-in with the passkey; at a locked node it also unlocks, as at a Data Box, unless the person
 * chooses otherwise.
 */
function SignInForm(): ReactElement {
  const texts = useTexts();
  const { state, api, feed } = useNode();
  const { lock, operation, passkeyTries } = state;
  const [passkey, setPasskey] = useState("");
  const [alsoUnlock, setAlsoUnlock] = useState(true);
  const unlock = lock.kind === "locked" && alsoUnlock;
  const signIn = useMutation({
    // The passkey is not a variable of the mutation, since those are kept.
    mutationFn: (alsoUnlocks: boolean) =>
      api.call("POST", "/api/session", signedIn, { passkey, unlock: alsoUnlocks }),
    // Only a new stream knows the session, or the used try.
    onSettled: feed.reopen,
  });
  const mustWait = passkeyTries.waitSeconds > 0;
  const isBusy = signIn.isPending || operation?.outcome === "running" || mustWait;
  return (
    <Way
      onSubmit={() => {
        if (isBusy || passkey === "") return;
        signIn.mutate(unlock);
        setPasskey("");
      }}
    >
      <PasskeyTries />
      <PasskeyField value={passkey} disabled={mustWait} onChange={setPasskey} />
      {lock.kind === "locked" && (
        <Checkbox
          size="large"
          label={texts.unlock.passkey.alsoUnlock}
          checked={alsoUnlock}
          onChange={(_event, { checked }) => setAlsoUnlock(checked === true)}
        />
      )}
      <Button
        type="submit"
        appearance="primary"
        size="large"
        icon={<KeyRegular />}
        disabledFocusable={isBusy || passkey === ""}
      >
        {unlock ? texts.signIn.buttonWithUnlock : texts.signIn.button}
      </Button>
      <Text size={200}>{texts.signIn.hint}</Text>
      {/* A failed unlock is explained as an operation. */}
      {signIn.variables === false && <CallProblem error={signIn.error} />}
    </Way>
  );
}
