import { Button } from "@fluentui/react-components";
import { CloudArrowDownRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { type WayName, wayOfCommand } from "../core/way-of-command.ts";
import { RouterLink } from "../shell/router-link.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStart } from "./use-start.ts";

/** Controls of this page for the commands of a failure's steps, while the volume is locked. */
export function useStepControls(): (command: string) => ReactElement | undefined {
  const { lock, node } = useNode().state;
  return (command) => {
    const way = wayOfCommand(command);
    if (way === undefined || lock.kind !== "locked") return undefined;
    if (way === "network") return <UnlockNow />;
    if (way === "passkey" && node.custody === "split") return undefined;
    return <WayLink way={way} />;
  };
}

function UnlockNow(): ReactElement {
  const texts = useTexts();
  const { operation, waiting } = useNode().state;
  const unlock = useStart("/api/unlock");
  return (
    <div>
      <Button
        icon={<CloudArrowDownRegular />}
        disabledFocusable={
          unlock.isPending || operation?.outcome === "running" || waiting !== undefined
        }
        onClick={() => unlock.mutate()}
      >
        {texts.unlock.now}
      </Button>
    </div>
  );
}

/** To the tab of a way; the address names it. */
function WayLink({ way }: { readonly way: WayName }): ReactElement {
  const texts = useTexts();
  return (
    <div>
      <RouterLink to="." hash={way}>
        {texts.unlock.goTo[way]}
      </RouterLink>
    </div>
  );
}
