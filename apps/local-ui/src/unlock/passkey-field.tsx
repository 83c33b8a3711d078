import { FailureText, QrCamera } from "@databox-cmk/ui";
import { Button, Field, Input, makeStyles, Text, tokens } from "@fluentui/react-components";
import { CameraOffRegular, CameraRegular, EyeOffRegular, EyeRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

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
