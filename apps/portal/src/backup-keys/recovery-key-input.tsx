import { DownloadButton, Notice, saveFile, StepList } from "@databox-cmk/ui";
import {
  Button,
  Checkbox,
  Field,
  makeStyles,
  Spinner,
  Text,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { DocumentRegular, KeyRegular } from "@fluentui/react-icons";
import { type ReactElement, useRef, useState } from "react";

import { parsePublicKey } from "../core/parse-public-key.ts";
import { Radios, TextField } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { useSingleMutation } from "../toasts/use-single-mutation.ts";
import { makeRecoveryKey } from "./make-recovery-key.ts";

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

const LEAST_CHARACTERS = 12;
const MEDIA_TYPE = "application/x-pem-file";

/**
 * Makes a recovery key in this browser. Its private half leaves the page only as a file that a
 * passphrase protects.
 *
 * @param onPublicKey - PEM, once the reader has the file; empty before
 */
function RecoveryKeyMaker({
  fileName,
  onPublicKey,
}: {
  readonly fileName: string;
  readonly onPublicKey: (pem: string) => void;
}): ReactElement {
  const texts = useTexts().backupKeys.maker;
  const [passphrase, setPassphrase] = useState("");
  const [repeated, setRepeated] = useState("");
  const [isKept, setIsKept] = useState(false);
  // The passphrase is not a variable of the mutation, since those are kept.
  const making = useSingleMutation({
    gcTime: 0,
    mutationFn: () => makeRecoveryKey(passphrase),
    onSuccess: ({ encryptedPrivateKey }) => {
      setPassphrase("");
      setRepeated("");
      saveFile(fileName, MEDIA_TYPE, encryptedPrivateKey);
    },
  });
  const made = making.data;
  if (made !== undefined)
    return (
      <>
        <Notice intent="success" title={texts.made}>
          {texts.madeHint(fileName)}
        </Notice>
        <div>
          <DownloadButton
            label={texts.again}
            fileName={fileName}
            mediaType={MEDIA_TYPE}
            content={made.encryptedPrivateKey}
          />
        </div>
        <Checkbox
          label={texts.kept}
          checked={isKept}
          onChange={(_event, { checked }) => {
            setIsKept(checked === true);
            onPublicKey(checked === true ? made.publicKey : "");
          }}
        />
      </>
    );
  const isShort = passphrase.length < LEAST_CHARACTERS;
  return (
    <>
      <Text>{texts.intro}</Text>
      <TextField
        label={texts.passphrase}
        hint={texts.passphraseHint}
        type="password"
        autoComplete="new-password"
        isRequired
        disabled={making.isPending}
        value={passphrase}
        problem={passphrase !== "" && isShort ? texts.tooShort : undefined}
        onChange={setPassphrase}
      />
      <TextField
        label={texts.repeat}
        type="password"
        autoComplete="new-password"
        isRequired
        disabled={making.isPending}
        value={repeated}
        problem={repeated !== "" && repeated !== passphrase ? texts.differs : undefined}
        onChange={setRepeated}
      />
      <div>
        <Button
          icon={making.isPending ? <Spinner size="tiny" aria-hidden /> : <KeyRegular />}
          disabled={isShort || repeated !== passphrase}
          disabledFocusable={making.isPending}
          onClick={() => making.mutate()}
        >
          {making.isPending ? texts.making : texts.make}
        </Button>
      </div>
      <QueryProblem error={making.error} />
    </>
  );
}
