import { Button, Field, Input, Text } from "@fluentui/react-components";
import { CloudArrowDownRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

/** Maximum length of the reason that approvers see. */
const REASON_MAX_CHARACTERS = 200;

export function NetworkWay(): ReactElement {
  const texts = useTexts();
  const { operation, waiting } = useNode().state;
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const unlock = useStart("/api/unlock", given === "" ? {} : { reason: given });
  // A waiting request is continued in its own panel.
  const isBusy = unlock.isPending || operation?.outcome === "running" || waiting !== undefined;
  return (
    <Way
      onSubmit={() => {
        if (!isBusy) unlock.mutate();
      }}
    >
      <Text>{texts.unlock.network.hint}</Text>
      <Field label={texts.unlock.network.reason} hint={texts.unlock.network.reasonHint}>
        <Input
          size="large"
          value={reason}
          maxLength={REASON_MAX_CHARACTERS}
          disabled={isBusy}
          onChange={(_event, data) => {
            setReason(data.value);
          }}
        />
      </Field>
      <Button
        type="submit"
        appearance="primary"
        size="large"
        icon={<CloudArrowDownRegular />}
        disabledFocusable={isBusy}
      >
        {texts.unlock.network.button}
      </Button>
      <CallProblem error={unlock.error} />
    </Way>
  );
}
