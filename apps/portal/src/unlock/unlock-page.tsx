import { Notice, Stack } from "@databox-cmk/ui";
import { makeStyles, Text } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import type { Carried } from "../api/offline-unlocks.ts";
import { OrderPage } from "../order/order-page.tsx";
import { ReadOnlyNotice } from "../order/read-only.tsx";
import { useMay } from "../order/use-may.ts";
import { useOrderName, useUnlockPolicy } from "../order/use-order.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { ChallengeForm } from "./challenge-form.tsx";
import { GivenAnswers } from "./given-answers.tsx";
import { SubmittedChallenge } from "./submitted-challenge.tsx";

const useStyles = makeStyles({
  stack: { maxWidth: "960px" },
});

/**
 * Unlocks a node that has no network: its challenge comes here by camera, file or paste, and the
 * answer goes back.
 */
export function UnlockPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts().unlock;
  const name = useOrderName();
  const policy = useUnlockPolicy();
  const mayUnlock = useMay("unlockOffline");
  const [carried, setCarried] = useState<Carried>();
  return (
    <OrderPage section="unlock">
      <Stack gap="L" className={styles.stack}>
        <Text>{texts.intro}</Text>
        <QueryProblem error={policy.error} />
        {policy.data?.view.offline.allowed === false && (
          <Notice intent="warning">
            {texts.notAllowed}{" "}
            <RouterLink
              inline
              to="/orders/$subscriptionId/$resourceGroup/$jobName/unlock-policy"
              params={name}
            >
              {texts.toPolicy}
            </RouterLink>
          </Notice>
        )}
        {mayUnlock === false ? (
          <ReadOnlyNotice />
        ) : carried === undefined ? (
          <ChallengeForm
            approvalsRequired={policy.data?.view.release.approvals.required ?? 0}
            onSubmit={setCarried}
          />
        ) : (
          <SubmittedChallenge carried={carried} onAnother={() => setCarried(undefined)} />
        )}
        <GivenAnswers />
      </Stack>
    </OrderPage>
  );
}
