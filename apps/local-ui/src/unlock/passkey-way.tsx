import { FailureText, Notice, QrCamera } from "@databox-cmk/ui";
import { Button, Field, Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import {
  CameraOffRegular,
  CameraRegular,
  EyeOffRegular,
  EyeRegular,
  KeyRegular,
} from "@fluentui/react-icons";
import { type ReactElement, useEffect, useState } from "react";

import { formatDuration } from "../core/format-duration.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { useNode, useSecondsSinceState } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

/** Shown to a signed-in person; others sign in with the same passkey. */
export function PasskeyWay(): ReactElement {
  const texts = useTexts();
  const { operation, passkeyTries } = useNode().state;
  const [passkey, setPasskey] = useState("");
  const unlock = useStart("/api/unlock/passkey", { passkey });
  const mustWait = passkeyTries.waitSeconds > 0;
  const isBusy = unlock.isPending || operation?.outcome === "running" || mustWait;
  return (
    <Way
      onSubmit={() => {
        if (isBusy || passkey === "") return;
        unlock.mutate();
        setPasskey("");
      }}
    >
      <PasskeyTries />
      <PasskeyField value={passkey} disabled={mustWait} onChange={setPasskey} />
      <Button
        type="submit"
        appearance="primary"
        size="large"
        icon={<KeyRegular />}
        disabledFocusable={isBusy || passkey === ""}
      >
        {texts.unlock.passkey.button}
      </Button>
      <CallProblem error={unlock.error} />
    </Way>
  );
}

const TRIES = 5;

/** The number of remaining tries, or the time to wait; nothing before the first wrong one. */
export function PasskeyTries(): ReactElement | null {
  const texts = useTexts();
  const { state, feed } = useNode();
  const { left, waitSeconds } = state.passkeyTries;
  const waitLeft = waitSeconds - useSecondsSinceState();
  const isOver = waitSeconds > 0 && waitLeft <= 0;
  useEffect(() => {
    if (isOver) feed.reopen();
  }, [isOver, feed]);
  if (waitSeconds > 0)
    return (
      <Notice intent="warning" title={texts.unlock.passkey.waitTitle}>
        {texts.unlock.passkey.wait(formatDuration(Math.ceil(waitLeft)))}
      </Notice>
    );
  return left < TRIES ? (
    <Text role="status" weight="semibold">
      {texts.unlock.passkey.triesLeft(left)}
    </Text>
  ) : null;
}

const useStyles = makeStyles({ input: { fontFamily: tokens.fontFamilyMonospace } });

/** Takes the passkey by hand, or from the QR code that the portal shows to the owner. */
export function PasskeyField({
  value,
  disabled,
  onChange,
}: {
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (passkey: string) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [isShown, setIsShown] = useState(false);
  const [camera, setCamera] = useState<"off" | "on" | "missing">("off");
  const { operation, lastFailure } = useNode().state;
  const isWrong = operation?.what === "passkey" && operation.outcome === "failed" && value === "";
  return (
    <>
      <Field
        label={texts.unlock.passkey.label}
        hint={texts.unlock.passkey.hint}
        required
        validationMessage={
          isWrong && lastFailure !== undefined ? (
            <FailureText text={lastFailure.failure.title} />
          ) : null
        }
      >
        <Input
          size="large"
          type={isShown ? "text" : "password"}
          className={styles.input}
          value={value}
          disabled={disabled}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          contentAfter={
            <Button
              appearance="transparent"
              icon={isShown ? <EyeOffRegular /> : <EyeRegular />}
              aria-label={isShown ? texts.unlock.passkey.hide : texts.unlock.passkey.show}
              onClick={() => setIsShown(!isShown)}
            />
          }
          onChange={(_event, data) => onChange(data.value)}
        />
      </Field>
      <Button
        icon={camera === "on" ? <CameraOffRegular /> : <CameraRegular />}
        disabled={disabled}
        onClick={() => setCamera(camera === "on" ? "off" : "on")}
      >
        {camera === "on" ? texts.ui.carried.stopCamera : texts.ui.carried.camera}
      </Button>
      {camera === "on" && (
        <QrCamera
          label={texts.ui.carried.picture}
          onRead={(text) => {
            setCamera("off");
            onChange(text);
          }}
          onUnavailable={() => setCamera("missing")}
        />
      )}
      {camera === "missing" && <Text role="status">{texts.unlock.passkey.noCamera}</Text>}
    </>
  );
}
