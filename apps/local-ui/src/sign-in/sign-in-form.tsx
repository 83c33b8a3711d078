import { Button, Checkbox, Text } from "@fluentui/react-components";
import { KeyRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import * as z from "zod/mini";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PasskeyField } from "../unlock/passkey-field.tsx";
import { PasskeyTries } from "../unlock/passkey-tries.tsx";
import { Way } from "../unlock/way.tsx";

const signedIn = z.object({ csrfToken: z.string() });

/**
 * Sign-in with the passkey; at a locked node it also unlocks, as at a Data Box, unless the person
 * chooses otherwise.
 */
export function SignInForm(): ReactElement {
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
