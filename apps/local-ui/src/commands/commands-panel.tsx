import { Notice, Row } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { LockClosedRegular, PowerRegular, VehicleTruckProfileRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import * as z from "zod/mini";

import { CallProblem } from "../shell/call-problem.tsx";
import { ConfirmButton } from "../shell/confirm-button.tsx";
import { Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStart } from "../unlock/use-start.ts";

/** Lock, prepare to ship, shut down. */
export function CommandsPanel(): ReactElement {
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
