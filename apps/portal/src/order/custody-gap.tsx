import { Notice } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { custodyOf } from "../core/policy-draft.ts";
import { useTexts } from "../texts/texts.ts";
import { useNodes, useUnlockPolicy } from "./use-order.ts";

/** Names the nodes that are in escrow although the policy asks for split custody. */
export function CustodyGap(): ReactElement | null {
  const texts = useTexts().custody;
  const policy = useUnlockPolicy();
  const nodes = useNodes();
  const behind = nodes.data?.filter(({ envelope }) => envelope?.custody === "escrow") ?? [];
  if (policy.data === undefined || custodyOf(policy.data.value).kind === "escrow") return null;
  if (behind.length === 0) return null;
  return (
    <Notice intent="warning">
      {texts.behind} {behind.map(({ serial }) => serial).join(", ")}
    </Notice>
  );
}
