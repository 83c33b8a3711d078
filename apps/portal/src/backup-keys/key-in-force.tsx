import type { BackupKeyList } from "@databox-cmk/protocol";
import { Time } from "@databox-cmk/ui";
import { MessageBar, MessageBarBody, MessageBarTitle } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";

const INTENTS = {
  Working: "success",
  Unreachable: "warning",
  Gone: "error",
  Refused: "error",
} as const satisfies Record<BackupKeyList["keyInForce"]["standing"], string>;

/** The state of the key in force, which decides whether a backup may replace it. */
export function KeyInForce({
  keyInForce: { standing, code, since, backupFrom },
  hasBackups,
}: {
  readonly hasBackups: boolean;
  readonly keyInForce: BackupKeyList["keyInForce"];
}): ReactElement {
  const texts = useTexts().backupKeys;
  return (
    <MessageBar
      intent={standing === "Working" && !hasBackups ? "info" : INTENTS[standing]}
      layout="multiline"
    >
      <MessageBarBody>
        <MessageBarTitle>{texts.standings[standing]}</MessageBarTitle>
        {standing === "Working" && !hasBackups
          ? texts.workingWithoutBackup
          : texts.standingHints[standing]}
        {code !== undefined && ` ${code}.`}
        {since !== undefined && (
          <>
            {" "}
            {texts.since} <Time at={since} />.
          </>
        )}
        {backupFrom !== undefined && (
          <>
            {" "}
            {texts.backupFrom} <Time at={backupFrom} />.
          </>
        )}
      </MessageBarBody>
    </MessageBar>
  );
}
