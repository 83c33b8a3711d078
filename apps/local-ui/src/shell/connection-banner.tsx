import { Notice } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** The appliance no longer sends anything. */
export function ConnectionBanner(): ReactElement {
  const texts = useTexts();
  return (
    <div role="alert">
      <Notice intent="warning" title={texts.connection.lostTitle}>
        {texts.connection.lost}
      </Notice>
    </div>
  );
}
