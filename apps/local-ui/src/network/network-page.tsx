import { localNetworkTest } from "@databox-cmk/protocol";
import { StepList, useOneRun } from "@databox-cmk/ui";
import { Button, makeStyles, Spinner, Text } from "@fluentui/react-components";
import { NetworkCheckRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { CheckList } from "../checks/check-list.tsx";
import { CallProblem } from "../shell/call-problem.tsx";
import { Page, Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({ button: { alignSelf: "start" } });

/** The checks of `databox-agent doctor`. */
export function NetworkPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { api } = useNode();
  const run = useOneRun();
  const test = useMutation({
    mutationFn: () => api.call("POST", "/api/network-test", localNetworkTest, {}),
    onSettled: run.ended,
  });
  const { data } = test;
  const hasPassed = data?.checks.every(({ status }) => status === "passed") === true;
  return (
    <Page title={texts.network.title}>
      <Text>{texts.network.hint}</Text>
      <Button
        className={styles.button}
        appearance="primary"
        size="large"
        icon={test.isPending ? <Spinner size="tiny" aria-hidden /> : <NetworkCheckRegular />}
        disabledFocusable={test.isPending}
        onClick={() => {
          if (run.begins()) test.mutate();
        }}
      >
        {test.isPending ? texts.network.running : texts.network.button}
      </Button>
      <CallProblem error={test.error} />
      {data !== undefined && (
        <Panel title={texts.network.checks}>
          {hasPassed && <Text role="status">{texts.network.allPassed}</Text>}
          <CheckList
            checks={data.checks.map(({ name, title, status, found, message }) => ({
              name,
              title: <span lang="en">{title}</span>,
              status,
              statusText: texts.network.statuses[status],
              found: message ?? found,
            }))}
          />
          {!hasPassed && data.nextStep !== undefined && <StepList steps={[data.nextStep]} />}
        </Panel>
      )}
    </Page>
  );
}
