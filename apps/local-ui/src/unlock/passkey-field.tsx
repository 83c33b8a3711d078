import { Button, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { EyeOffRegular, EyeRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({ input: { fontFamily: tokens.fontFamilyMonospace } });

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
  return (
    <Field label={texts.unlock.passkey.label} hint={texts.unlock.passkey.hint} required>
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
            onClick={() => {
              setIsShown(!isShown);
            }}
          />
        }
        onChange={(_event, data) => {
          onChange(data.value);
        }}
      />
    </Field>
  );
}
