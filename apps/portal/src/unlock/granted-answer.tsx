import type { OfflineUnlockResult } from "@databox-cmk/protocol";
import { Facts, Time } from "@databox-cmk/ui";
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { CarriedAnswer } from "./carried-answer.tsx";
import { leaseName } from "./lease-name.ts";

/** The answer that opens the node, once, and its conditions. */
export function GrantedAnswer({ result }: { readonly result: OfflineUnlockResult }): ReactElement {
  const texts = useTexts().unlock;
  return (
    <>
      <MessageBar intent="success" layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{texts.grantedTitle(result.serial)}</MessageBarTitle>
          {texts.granted}
        </MessageBarBody>
      </MessageBar>
      <Facts
        facts={[
          { label: texts.node, value: result.serial },
          { label: texts.usableUntil, value: <Time at={result.expiresAt} /> },
          { label: texts.lease, value: leaseName(result.lease, texts) },
          { label: texts.usesLeft, value: String(result.usesLeftToday) },
        ]}
      />
      <CarriedAnswer
        title={texts.answerTitle}
        hint={texts.answerHint}
        fileName={`${result.serial}-answer.txt`}
        answer={result.answer}
      />
    </>
  );
}
