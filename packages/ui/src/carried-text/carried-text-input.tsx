import { Button, Field, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { CameraOffRegular, CameraRegular, DocumentRegular } from "@fluentui/react-icons";
import { type ReactElement, useRef, useState } from "react";

import { Row, Stack } from "../stack.tsx";
import { useUiTexts } from "../texts/ui-texts-context.ts";
import { QrCamera } from "./qr-camera.tsx";

/** Carried messages are smaller; a photograph of a code may be this large. */
const MAX_BYTES = 20_000_000;
/** A drawn code has no pixels of its own: large enough for the densest one. */
const DRAWN_PIXELS = 1200;
const useStyles = makeStyles({
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
    <Stack gap="M">
      <Row>
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
      </Row>
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
    </Stack>
  );
}

/**
 * The text of a file: of a text file, or of the QR code on a picture, drawn (SVG) or photographed.
 *
 * @returns undefined when the file holds neither.
 */
async function readCarriedFile(file: File): Promise<string | undefined> {
  if (file.size > MAX_BYTES) return undefined;
  if (!file.type.startsWith("image/"))
    return file.text().then(
      (text) => text.trim(),
      () => undefined,
    );
  const url = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const isDrawn = file.type === "image/svg+xml";
    const width = isDrawn ? DRAWN_PIXELS : picture.naturalWidth;
    const height = isDrawn ? DRAWN_PIXELS : picture.naturalHeight;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    if (context === null) return undefined;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const { default: decodeQR } = await import("qr/decode.js");
    return decodeQR({ width, height, data });
  } catch {
    return undefined; // Not a picture that the browser knows, or no code on it.
  } finally {
    URL.revokeObjectURL(url);
  }
}
