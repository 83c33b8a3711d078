import type { LocalWaiting } from "@databox-cmk/protocol";
import { type Fact, Facts, Row, Time } from "@databox-cmk/ui";
import { Button, Text } from "@fluentui/react-components";
import { DismissRegular, HourglassRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { formatDuration } from "../core/format-duration.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { ConfirmButton } from "../shell/confirm-button.tsx";
import { Panel } from "../shell/page.tsx";
import { useNode, useSecondsSinceState } from "../state/node-context.ts";
import { type Texts, useTexts } from "../texts/texts.ts";
import { useStart } from "./use-start.ts";

/**
 * A request that waits for approvers: its progress, and the possible actions. Empty without one.
 */
export function WaitingPanel(): ReactElement | undefined {
  const { waiting } = useNode().state;
  return waiting === undefined ? undefined : <Waiting waiting={waiting} />;
}

function Waiting({ waiting }: { readonly waiting: LocalWaiting }): ReactElement {
  const texts = useTexts();
  const { api, state } = useNode();
  const passed = useSecondsSinceState();
  const keepWaiting = useStart("/api/unlock");
  const cancel = useMutation({
    mutationFn: () => api.call("POST", "/api/unlock/cancel", z.object({}), {}),
  });
  const isBusy =
    state.operation?.outcome === "running" || keepWaiting.isPending || cancel.isPending;
  return (
    <Panel title={texts.waiting.title}>
      <Text>{waiting.isAsked ? texts.waiting.hint : texts.waiting.notAsked}</Text>
      <Facts columns={1} facts={factsOf(waiting, passed, texts)} />
      <Row gap="M">
        {!waiting.isAsked && (
          <Button
            appearance="primary"
            size="large"
            icon={<HourglassRegular />}
            disabledFocusable={isBusy}
            onClick={() => {
              if (!isBusy) keepWaiting.mutate();
            }}
          >
            {texts.waiting.keepWaiting}
          </Button>
        )}
        {state.session.signedIn && (
          <ConfirmButton
            icon={<DismissRegular />}
            words={texts.waiting.cancel}
            disabled={isBusy}
            onConfirm={() => cancel.mutate()}
          />
        )}
      </Row>
      {!state.session.signedIn && state.node.custody === "escrow" && (
        <Text size={200}>{texts.waiting.signIn}</Text>
      )}
      <CallProblem error={keepWaiting.error ?? cancel.error} />
    </Panel>
  );
}

function factsOf(waiting: LocalWaiting, passed: number, texts: Texts): readonly Fact[] {
  const { given, required, approvedBy = [], reason, since, leftSeconds } = waiting;
  const left = leftSeconds - passed;
  return [
    [texts.waiting.approved, texts.waiting.count(given, required)],
    [texts.waiting.approvedBy, approvedBy.join(", ") || undefined],
    [texts.waiting.reason, reason],
    [texts.waiting.since, <Time at={since} />],
    [
      texts.waiting.left,
      left <= 0 ? texts.waiting.leftNow : texts.waiting.leftIn(formatDuration(left)),
    ],
  ];
}
