import { DownloadButton, saveFile, Notice } from "@databox-cmk/ui";
import { Button, Checkbox, Spinner, Text } from "@fluentui/react-components";
import { KeyRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { QueryProblem } from "../shell/query-problem.tsx";
import { TextField } from "../shell/text-field.tsx";
import { useTexts } from "../texts/texts.ts";
import { useSingleMutation } from "../toasts/use-single-mutation.ts";
import { makeRecoveryKey } from "./make-recovery-key.ts";

const LEAST_CHARACTERS = 12;
const MEDIA_TYPE = "application/x-pem-file";

/**
 * Makes a recovery key in this browser. Its private half leaves the page only as a file that a
 * passphrase protects.
 *
 * @param onPublicKey - PEM, once the reader has the file; empty before
 */
export function RecoveryKeyMaker({
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
          icon={making.isPending ? <Spinner size="tiny" /> : <KeyRegular />}
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
