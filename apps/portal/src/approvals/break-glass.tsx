import { APPROVAL_CALLS } from "@databox-cmk/protocol";
import { Time, Notice } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { WarningRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { type Affirmed, LoudDialog } from "../order/loud-dialog.tsx";
import { useOrderChange } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** Allows one release without approval and outside of unlock hours; everyone is notified. */
export function BreakGlass(): ReactElement {
  const texts = useTexts().approvals.breakGlass;
  const [isAsking, setIsAsking] = useState(false);
  const opening = useOrderChange("openEmergencyAccess", (call, body: Affirmed) =>
    call(APPROVAL_CALLS.breakGlass, { body }),
  );
  return (
    <>
      {opening.data === undefined ? (
        <Notice
          intent="warning"
          title={texts.title}
          actions={
            <Button
              icon={<WarningRegular />}
              disabledFocusable={opening.isPending}
              onClick={() => setIsAsking(true)}
            >
              {texts.button}
            </Button>
          }
        >
          {texts.hint}
        </Notice>
      ) : (
        <Notice intent="error" title={texts.openTitle}>
          {texts.open(opening.data.serial)} <Time at={opening.data.expiresAt} />
        </Notice>
      )}
      <QueryProblem error={opening.error} />
      {isAsking && (
        <LoudDialog
          title={texts.dialogTitle}
          warning={texts.warning}
          confirm={texts.button}
          onConfirm={opening.mutate}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
