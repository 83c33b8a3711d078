import type { OperatorOrder } from "@databox-cmk/protocol";
import { CopyButton, Facts } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { ACTS, decideNextAct } from "../core/next-act.ts";
import { useTexts } from "../texts/texts.ts";

/** Who must act now, what to do, and the command for each node. */
export function NextAct({ order }: { readonly order: OperatorOrder }): ReactElement {
  const words = useTexts().operator.next;
  const { name, serials } = decideNextAct(order);
  const act = ACTS[name];
  const command = "command" in act && serials.length > 0 ? act.command : undefined;
  return (
    <Facts
      facts={[
        [words.who, words.actors[act.who]],
        [words.what, words.acts[name]],
        [words.nodes, command && serials.join(", ")],
        [
          words.command,
          command && (
            <>
              <code>{command}</code>
              <CopyButton value={command} what={words.command} />
            </>
          ),
        ],
      ]}
    />
  );
}
