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
  return (
    <Facts
      facts={[
        { label: words.who, value: words.actors[act.who] },
        { label: words.what, value: words.acts[name] },
        ...("command" in act && serials.length > 0
          ? [
              { label: words.nodes, value: serials.join(", ") },
              {
                label: words.command,
                value: (
                  <>
                    <code>{act.command}</code>
                    <CopyButton value={act.command} what={words.command} />
                  </>
                ),
              },
            ]
          : []),
      ]}
    />
  );
}
