import { Button, Field, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { CameraOffRegular, CameraRegular, DocumentRegular } from "@fluentui/react-icons";
import { type ReactElement, useRef, useState } from "react";

import { useUiTexts } from "../texts/ui-texts-context.ts";
import { QrCamera } from "./qr-camera.tsx";
import { readCarriedFile } from "./read-carried-file.ts";

const useStyles = makeStyles({
  ways: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalM },
  buttons: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
  text: { fontFamily: tokens.fontFamilyMonospace },
  file: { display: "none" },
});

/** Takes a message that a person carried here: by the camera, as a file, or pasted. */
export function CarriedTextInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}): ReactElement {
  const styles = useStyles();
  const texts = useUiTexts();
  const file = useRef<HTMLInputElement>(null);
  const [isWatching, setIsWatching] = useState(false);
  const [problem, setProblem] = useState<"noCamera" | "notReadable">();
  const take = (text: string | undefined) => {
    setProblem(text === undefined ? "notReadable" : undefined);
    if (text !== undefined) onChange(text);
  };
  return (
    <div className={styles.ways}>
      <div className={styles.buttons}>
        <Button
          icon={isWatching ? <CameraOffRegular /> : <CameraRegular />}
          onClick={() => {
            setProblem(undefined);
            setIsWatching(!isWatching);
          }}
        >
          {isWatching ? texts.carried.stopCamera : texts.carried.camera}
        </Button>
        <Button icon={<DocumentRegular />} onClick={() => file.current?.click()}>
          {texts.carried.file}
        </Button>
        <input
          ref={file}
          type="file"
          className={styles.file}
          aria-label={texts.carried.file}
          onChange={(event) => {
            const [chosen] = event.target.files ?? [];
            event.target.value = "";
            if (chosen !== undefined) void readCarriedFile(chosen).then(take);
          }}
        />
      </div>
      {isWatching && (
        <QrCamera
          label={texts.carried.picture}
          onRead={(text) => {
            setIsWatching(false);
            take(text);
          }}
          onUnavailable={() => {
            setIsWatching(false);
            setProblem("noCamera");
          }}
        />
      )}
      <Field
        label={label}
        hint={texts.carried.paste}
        {...(problem === undefined
          ? {}
          : { validationState: "warning" as const, validationMessage: texts.carried[problem] })}
      >
        <Textarea
          value={value}
          rows={4}
          spellCheck={false}
          textarea={{ className: styles.text }}
          onChange={(_event, data) => {
            setProblem(undefined);
            onChange(data.value);
          }}
        />
      </Field>
    </div>
  );
}
