import { JOB_CALLS, type NodeSecret } from "@databox-cmk/protocol";
import {
  CopyButton,
  DownloadButton,
  type Fact,
  Facts,
  Notice,
  QrPicture,
  Stack,
} from "@databox-cmk/ui";
import { Button, Card, makeStyles, Spinner, Text, tokens } from "@fluentui/react-components";
import { EyeRegular } from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { CustodyGap } from "../order/custody-gap.tsx";
import { OrderPage } from "../order/order-page.tsx";
import { useMay } from "../order/use-may.ts";
import { type OrderNode, useNodes, useOrderName } from "../order/use-order.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Copyable } from "../shell/copyable.tsx";
import { QueryProblem, QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useSingleMutation } from "../toasts/use-single-mutation.ts";

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
        <CustodyGap />
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
                icon={shown.isAsking ? <Spinner size="tiny" aria-hidden /> : <EyeRegular />}
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

const useStyles = makeStyles({
  value: {
    display: "inline-flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalXS,
    fontFamily: tokens.fontFamilyMonospace,
    overflowWrap: "anywhere",
  },
  code: { maxWidth: "220px" },
  certificate: { alignItems: "start" },
});

/** One node: the facts that its local UI shows, and its key while that is shown. */
function NodeSecrets({
  node,
  secret,
}: {
  readonly node: OrderNode;
  readonly secret: NodeSecret | undefined;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { serial, envelope } = node;
  const custodyFacts = useCustodyFacts(node);
  return (
    <>
      <Facts
        columns={1}
        facts={[
          [
            texts.device.serial,
            <span className={styles.value}>
              {serial}
              <CopyButton value={serial} what={texts.device.serial} />
            </span>,
          ],
          ...custodyFacts,
          [
            texts.device.unlockKey,
            envelope?.custody === "split" ? undefined : secret === undefined ? (
              texts.device.hidden
            ) : (
              <Shown secret={secret} />
            ),
          ],
        ]}
      />
      {secret !== undefined && (
        <Stack gap="XS" className={styles.certificate}>
          <Text weight="semibold">{texts.device.certificateTitle}</Text>
          <Text size={200}>{texts.device.certificateHint}</Text>
          <DownloadButton
            label={texts.device.certificate}
            fileName={`${serial}.jwk.json`}
            mediaType="application/jwk+json"
            content={atob(secret.encodedValidationCertPubKey)}
          />
        </Stack>
      )}
    </>
  );
}

function Shown({ secret }: { readonly secret: NodeSecret }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().device;
  return (
    <>
      <span className={styles.value}>
        {secret.devicePassword}
        <CopyButton value={secret.devicePassword} what={texts.unlockKey} />
      </span>
      <Text size={200} block>
        {texts.unlockKeyCodeHint}
      </Text>
      <div className={styles.code}>
        <QrPicture text={secret.devicePassword} label={texts.unlockKeyCode} />
      </div>
    </>
  );
}

/**
 * The people and keys that can unlock a node, and the replacement of a lost share; empty for an
 * erased node.
 */
function useCustodyFacts({ envelope, deviceKey }: OrderNode): readonly Fact[] {
  const texts = useTexts();
  if (envelope?.custody === undefined) return [];
  const { custody, shareCopiedFor = [] } = envelope;
  const words = texts.custody.who;
  const facts: Fact[] = [
    [texts.custody.title, texts.custody.names[custody]],
    [words.title, words[custody]],
  ];
  if (custody === "escrow") return facts;
  return [
    ...facts,
    [words.place, deviceKey === undefined ? "–" : words.places[deviceKey.grade]],
    [
      words.recovery,
      shareCopiedFor.length === 0 ? (
        words.none
      ) : (
        <>
          {words.copied}
          {shareCopiedFor.map((kid) => (
            <Copyable key={kid} value={kid} what={texts.backupKeys.key} />
          ))}
          <Text size={200} block>
            {words.compare}
          </Text>
        </>
      ),
    ],
  ];
}
