import { Notice } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** Why there is no passkey in split custody. */
export function SplitHint(): ReactElement {
  const { title, text } = useTexts().unlock.split;
  return (
    <Notice intent="info" title={title}>
      {text}
    </Notice>
  );
}
