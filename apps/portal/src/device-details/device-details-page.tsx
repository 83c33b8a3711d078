import { JOB_CALLS } from "@databox-cmk/protocol";
import { Notice, Stack } from "@databox-cmk/ui";
import { Button, Card, Spinner, Text } from "@fluentui/react-components";
import { EyeRegular } from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { OrderPage } from "../order/order-page.tsx";
import { useMay } from "../order/use-may.ts";
import { useNodes, useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useSingleMutation } from "../toasts/use-single-mutation.ts";
import { NodeSecrets } from "./node-secrets.tsx";

const SHOWN_SECONDS = 60;
const SECOND_MS = 1000;

/** Device credentials: the serial number of each node, and its unlock key on demand. */
export function DeviceDetailsPage(): ReactElement {
  const texts = useTexts();
  const nodes = useNodes();
  const shown = useShownCredentials();
  const mayShow = useMay("listCredentials");
  const hasPasskey = nodes.data?.some(({ envelope }) => envelope?.custody !== "split") === true;
  return (
    <OrderPage section="deviceDetails">
      <Stack gap="L" width="M">
        {hasPasskey && <Text>{texts.device.intro}</Text>}
        <QueryState of={nodes} />
        {nodes.data?.length === 0 && <Text>{texts.order.noNodes}</Text>}
        {nodes.data !== undefined && nodes.data.length > 0 && (
          <>
            {hasPasskey && (
              <Notice intent="info">
                {mayShow === false ? texts.device.notAllowed : texts.device.audited}
              </Notice>
            )}
            <QueryProblem error={shown.error} />
            {nodes.data.map((node) => (
              <Card key={node.serial}>
                <NodeSecrets
                  node={node}
                  secret={shown.secrets?.find(
                    ({ deviceSerialNumber }) => deviceSerialNumber === node.serial,
                  )}
                />
              </Card>
            ))}
            {mayShow === false || !hasPasskey ? null : shown.secrets === undefined ? (
              <Button
                appearance="primary"
                icon={shown.isAsking ? <Spinner size="tiny" /> : <EyeRegular />}
                disabledFocusable={shown.isAsking}
                onClick={shown.show}
              >
                {shown.isAsking ? texts.device.showing : texts.device.show}
              </Button>
            ) : (
              <>
                <Text role="timer">{texts.device.hidesIn(shown.secondsLeft)}</Text>
                <Button onClick={shown.hide}>{texts.device.hide}</Button>
              </>
            )}
          </>
        )}
      </Stack>
    </OrderPage>
  );
}

/**
 * Shows the unlock keys for a minute. They are stored nowhere else, so showing them again is
 * another recorded request.
 */
function useShownCredentials() {
  const { client } = useSignedIn();
  const name = useOrderName();
  const [secondsLeft, setSecondsLeft] = useState(0);
  // One call: another one would be recorded too, and refused if a break-glass allows one display.
  const { data, error, isPending, mutate, reset } = useSingleMutation({
    mutationFn: () => client.call(JOB_CALLS.listCredentials, { params: name }),
    gcTime: 0,
    onSuccess: () => setSecondsLeft(SHOWN_SECONDS),
  });
  const isShown = data !== undefined;
  useEffect(() => {
    if (!isShown) return;
    const untilMs = Date.now() + SHOWN_SECONDS * SECOND_MS;
    // By the clock, since a hidden tab has a tick each minute, and a sleeping computer none. By the
    // ticks, since a clock may be set back.
    const timer = setInterval(
      () =>
        setSecondsLeft((left) => Math.min(left - 1, Math.ceil((untilMs - Date.now()) / SECOND_MS))),
      SECOND_MS,
    );
    return () => clearInterval(timer);
  }, [isShown]);
  useEffect(() => {
    if (isShown && secondsLeft <= 0) reset();
  }, [isShown, secondsLeft, reset]);
  return {
    secrets: data?.value.flatMap(({ jobSecrets }) =>
      jobSecrets.jobSecretsType === "DataBox"
        ? jobSecrets.podSecrets
        : jobSecrets.cabinetPodSecrets,
    ),
    secondsLeft,
    isAsking: isPending,
    error,
    show: () => mutate(),
    hide: reset,
  };
}
