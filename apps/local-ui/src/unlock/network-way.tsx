import { Button, Text } from "@fluentui/react-components";
import { CloudArrowDownRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

export function NetworkWay(): ReactElement {
  const texts = useTexts();
  const { operation } = useNode().state;
  const unlock = useStart("/api/unlock");
  const isBusy = unlock.isPending || operation?.outcome === "running";
  return (
    <Way
      onSubmit={() => {
        if (!isBusy) unlock.mutate();
      }}
    >
      <Text>{texts.unlock.network.hint}</Text>
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
