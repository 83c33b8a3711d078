import { Notice, Row } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { LockClosedRegular, PowerRegular, VehicleTruckProfileRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { JournalList } from "../journal/journal-list.tsx";
import { LockPanel } from "../lock/lock-panel.tsx";
import { NodePanel } from "../lock/node-panel.tsx";
import { OperationPanel } from "../operation/operation-panel.tsx";
import { CallProblem } from "../shell/call-problem.tsx";
import { ConfirmButton } from "../shell/confirm-button.tsx";
import { Columns, Page, Panel } from "../shell/page.tsx";
import { RouterLink } from "../shell/router-link.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { PasskeyWay } from "../unlock/passkey-way.tsx";
import { UnlockPanel } from "../unlock/unlock-panel.tsx";
import { useStart } from "../unlock/use-start.ts";
import { WaitingPanel } from "../unlock/waiting-panel.tsx";

const LAST_ROWS = 5;

/** The node at a glance, and the possible actions. */
export function OverviewPage(): ReactElement {
  const texts = useTexts();
  const { lock } = useNode().state;
  return (
    <Page title={texts.overview.title}>
      <Columns
        first={
          <>
            <LockPanel />
            {lock.kind === "locked" && <UnlockPanel passkeyWay={<PasskeyWay />} />}
            <WaitingPanel />
            <OperationPanel />
            <CommandsPanel />
          </>
        }
        second={
          <>
            <NodePanel />
            <Panel title={texts.overview.activity}>
              <JournalList last={LAST_ROWS} withFacts={false} />
              <RouterLink to="/journal">{texts.overview.allActivity}</RouterLink>
            </Panel>
          </>
        }
      />
    </Page>
  );
}

/** Lock, prepare to ship, shut down. */
function CommandsPanel(): ReactElement {
  const texts = useTexts();
  const { state, api } = useNode();
  const { lock, operation, canShutDown } = state;
  const lockNow = useStart("/api/lock");
  const prepareToShip = useStart("/api/prepare-to-ship");
  const shutDown = useMutation({
    mutationFn: () => api.call("POST", "/api/shut-down", z.object({}), {}),
  });
  const isBusy = operation?.outcome === "running" || shutDown.isPending;
  const isReadyToShip = lock.kind === "locked" && lock.preparedToShip === true;
  return (
    <Panel title={texts.commands.title}>
      <Row gap="M">
        <Button
          size="large"
          icon={<LockClosedRegular />}
          disabledFocusable={isBusy || lock.kind === "locked"}
          onClick={() => lockNow.mutate()}
        >
          {texts.commands.lock}
        </Button>
        <ConfirmButton
          icon={<VehicleTruckProfileRegular />}
          words={texts.commands.prepareToShip}
          disabled={isBusy || isReadyToShip}
          onConfirm={() => prepareToShip.mutate()}
        />
        {canShutDown && (
          <ConfirmButton
            icon={<PowerRegular />}
            words={texts.commands.shutDown}
            disabled={isBusy}
            onConfirm={() => shutDown.mutate()}
          />
        )}
      </Row>
      {shutDown.isSuccess && (
        <div role="status">
          <Notice intent="info" title={texts.commands.shutDown.goingTitle}>
            {texts.commands.shutDown.going}
          </Notice>
        </div>
      )}
      <CallProblem error={lockNow.error ?? prepareToShip.error ?? shutDown.error} />
    </Panel>
  );
}
