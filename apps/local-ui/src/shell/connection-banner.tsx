import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

/** The appliance no longer sends anything. */
export function ConnectionBanner(): ReactElement {
  const texts = useTexts();
  return (
    <div role="alert">
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{texts.connection.lostTitle}</MessageBarTitle>
          {texts.connection.lost}
        </MessageBarBody>
      </MessageBar>
    </div>
  );
}
