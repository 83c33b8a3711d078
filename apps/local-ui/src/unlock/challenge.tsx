import { localChallenge } from "@databox-cmk/protocol";
import { CopyButton, DownloadButton, QrPicture, Row, Stack } from "@databox-cmk/ui";
import { Button, Field, makeStyles, Text, Textarea, tokens } from "@fluentui/react-components";
import { QrCodeRegular } from "@fluentui/react-icons";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";

const useStyles = makeStyles({
  challenge: { alignItems: "start" },
  text: { width: "100%" },
  area: { fontFamily: tokens.fontFamilyMonospace, fontSize: tokens.fontSizeBase200 },
  row: { alignItems: "center" },
});

/** The challenge as a picture, a text and a file, so that any of them may be carried. */
export function Challenge(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { state, api } = useNode();
  const make = useMutation({
    mutationFn: (body: { fresh?: true }) =>
      api.call("POST", "/api/challenge", localChallenge, body),
  });
  if (make.data === undefined)
    return (
      <Stack gap="M" className={styles.challenge}>
        <Button
          size="large"
          icon={<QrCodeRegular />}
          disabledFocusable={make.isPending}
          onClick={() => make.mutate({})}
        >
          {texts.unlock.carried.make}
        </Button>
        <CallProblem error={make.error} />
      </Stack>
    );
  const { challenge, notes } = make.data;
  return (
    <Stack gap="M" className={styles.challenge}>
      <Text>{texts.unlock.carried.challengeHint}</Text>
      <QrPicture text={challenge} label={texts.unlock.carried.picture} />
      {notes.map((note) => (
        <Text key={note} lang="en">
          {note}
        </Text>
      ))}
      <Row className={styles.row}>
        <DownloadButton
          label={texts.unlock.carried.download}
          fileName={`${state.node.serial}-challenge.txt`}
          mediaType="text/plain"
          content={challenge}
        />
        <CopyButton value={challenge} what={texts.unlock.carried.text} />
        {state.session.signedIn && (
          <>
            <Button disabledFocusable={make.isPending} onClick={() => make.mutate({ fresh: true })}>
              {texts.unlock.carried.makeNew}
            </Button>
            <Text size={200}>{texts.unlock.carried.makeNewHint}</Text>
          </>
        )}
      </Row>
      <Field label={texts.unlock.carried.text} className={styles.text}>
        <Textarea value={challenge} readOnly rows={3} textarea={{ className: styles.area }} />
      </Field>
    </Stack>
  );
}
