import { Button } from "@fluentui/react-components";
import { KeyRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PasskeyField } from "./passkey-field.tsx";
import { PasskeyTries } from "./passkey-tries.tsx";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

/** For a signed-in person; others sign in with the same passkey. */
export function PasskeyWay(): ReactElement {
  const texts = useTexts();
  const { operation, passkeyTries } = useNode().state;
  const [passkey, setPasskey] = useState("");
  const unlock = useStart("/api/unlock/passkey", { passkey });
  const mustWait = passkeyTries.waitSeconds > 0;
  const isBusy = unlock.isPending || operation?.outcome === "running" || mustWait;
  return (
    <Way
      onSubmit={() => {
        if (isBusy || passkey === "") return;
        unlock.mutate();
        setPasskey("");
      }}
    >
      <PasskeyTries />
      <PasskeyField value={passkey} disabled={mustWait} onChange={setPasskey} />
      <Button
        type="submit"
        appearance="primary"
        size="large"
        icon={<KeyRegular />}
        disabledFocusable={isBusy || passkey === ""}
      >
        {texts.unlock.passkey.button}
      </Button>
      <CallProblem error={unlock.error} />
    </Way>
  );
}
