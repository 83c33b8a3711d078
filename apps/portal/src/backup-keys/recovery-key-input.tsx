import { Notice, StepList } from "@databox-cmk/ui";
import { Button, Field, makeStyles, Textarea, tokens } from "@fluentui/react-components";
import { DocumentRegular } from "@fluentui/react-icons";
import { type ReactElement, useRef, useState } from "react";

import { parsePublicKey } from "../core/parse-public-key.ts";
import { Radios } from "../shell/radios.tsx";
import { useTexts } from "../texts/texts.ts";
import { RecoveryKeyMaker } from "./recovery-key-maker.tsx";

const MAX_BYTES = 16_384;

const useStyles = makeStyles({
  file: { display: "none" },
  mono: { fontFamily: tokens.fontFamilyMonospace },
  button: { alignSelf: "start" },
});

type Props = { readonly value: string; readonly onChange: (text: string) => void };

/** The public half of a recovery key: of one that this browser or its owner makes. */
export function RecoveryKeyInput({
  fileName,
  canMake,
  ...input
}: Props & {
  /** The file of the private half that is made here. */
  readonly fileName: string;
  /**
   * Not in split custody: the service serves this page, and must never be able to have a private
   * half.
   */
  readonly canMake: boolean;
}): ReactElement {
  const texts = useTexts().backupKeys;
  const [source, setSource] = useState<"make" | "bring">("make");
  if (!canMake)
    return (
      <>
        <Notice intent="warning">{texts.makeOutside}</Notice>
        <BroughtKey {...input} />
      </>
    );
  return (
    <>
      <Radios
        label={texts.source}
        values={["make", "bring"]}
        names={texts.sources}
        value={source}
        onChange={(chosen) => {
          setSource(chosen);
          input.onChange("");
        }}
      />
      {source === "make" ? (
        <RecoveryKeyMaker fileName={fileName} onPublicKey={input.onChange} />
      ) : (
        <BroughtKey {...input} />
      )}
    </>
  );
}

/** A private key is rejected at once, and not sent. */
function BroughtKey({ value, onChange }: Props): ReactElement {
  const styles = useStyles();
  const texts = useTexts().backupKeys;
  const file = useRef<HTMLInputElement>(null);
  const [isUnreadable, setIsUnreadable] = useState(false);
  const { kind } = isUnreadable ? { kind: "unknown" as const } : parsePublicKey(value);
  const fault = kind === "private" || kind === "unknown" ? texts.keyFaults[kind] : undefined;
  const enter = (text: string) => {
    setIsUnreadable(false);
    onChange(text);
  };
  const take = async (chosen: File) => {
    const text = chosen.size <= MAX_BYTES ? await chosen.text().catch(() => undefined) : undefined;
    // A private key is not even shown.
    enter(parsePublicKey(text ?? "").kind === "private" ? PRIVATE_MARK : (text ?? ""));
    setIsUnreadable(text === undefined);
  };
  return (
    <>
      <StepList
        isTranslated
        steps={[
          {
            text: texts.makeKeyPair,
            command:
              "umask 077; openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out recovery.pem",
          },
          {
            text: texts.takePublicHalf,
            command: "openssl pkey -in recovery.pem -pubout -out recovery-public.pem",
          },
        ]}
      />
      <Button
        className={styles.button}
        icon={<DocumentRegular />}
        onClick={() => file.current?.click()}
      >
        {texts.openFile}
      </Button>
      <input
        ref={file}
        type="file"
        className={styles.file}
        aria-label={texts.openFile}
        onChange={(event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = "";
          if (chosen !== undefined) void take(chosen);
        }}
      />
      <Field label={texts.publicKey} required hint={texts.publicKeyHint} validationMessage={fault}>
        <Textarea
          value={value}
          rows={8}
          spellCheck={false}
          textarea={{ className: styles.mono }}
          onChange={(_event, data) => enter(data.value)}
        />
      </Field>
    </>
  );
}

/** Replaces the private key of a file. */
const PRIVATE_MARK = "-----BEGIN PRIVATE KEY-----";
