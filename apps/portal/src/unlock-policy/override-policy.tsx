import { UNLOCK_POLICY_CALLS, type UnlockPolicy } from "@databox-cmk/protocol";
import { Notice, Time } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { ConfirmDialog } from "../order/confirm-dialog.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrderChange } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** An Owner's way out of a policy whose approvers are not there any longer. */
export function OverridePolicy({
  policy,
  acceptsUnknown,
}: {
  readonly policy: UnlockPolicy;
  readonly acceptsUnknown: boolean;
}): ReactElement | null {
  const texts = useTexts().unlockPolicy.override;
  const [isAsking, setIsAsking] = useState(false);
  const overriding = useOrderChange("overridePolicy", (call, reason: string) =>
    call(UNLOCK_POLICY_CALLS.override, {
      body: { reason, policy: { ...policy, acceptUnknownApprovers: acceptsUnknown } },
    }),
  );
  if (useMay("overridePolicy") !== true) return null;
  return (
    <>
      <Notice
        intent="warning"
        title={texts.title}
        actions={
          <Button disabledFocusable={overriding.isPending} onClick={() => setIsAsking(true)}>
            {texts.button}
          </Button>
        }
      >
        {overriding.data === undefined ? (
          texts.hint
        ) : (
          <>
            {texts.begun} <Time at={overriding.data.effectiveAt} />
          </>
        )}
      </Notice>
      <QueryProblem error={overriding.error} />
      {isAsking && (
        <ConfirmDialog
          title={texts.title}
          text={texts.warning}
          label={texts.reason}
          confirm={texts.button}
          onConfirm={overriding.mutate}
          onClose={() => setIsAsking(false)}
        />
      )}
    </>
  );
}
