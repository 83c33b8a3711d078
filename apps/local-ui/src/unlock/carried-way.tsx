import { CarriedTextInput, Section } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { LockOpenRegular } from "@fluentui/react-icons";
import { type ReactElement, useState } from "react";

import { CallProblem } from "../shell/call-problem.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { Challenge } from "./challenge.tsx";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

const useStyles = makeStyles({
  carried: { display: "flex", flexDirection: "column", gap: tokens.spacingVerticalL },
});

/** Without a network: a person carries the challenge to the portal and brings its answer back. */
export function CarriedWay(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { operation } = useNode().state;
  const [answer, setAnswer] = useState("");
  const carried = answer.trim();
  const unlock = useStart("/api/answer", { answer: carried });
  const isBusy = unlock.isPending || operation?.outcome === "running";
  return (
    <div className={styles.carried}>
      <Text>{texts.unlock.carried.hint}</Text>
      <Section title={texts.unlock.carried.challengeTitle}>
        <Challenge />
      </Section>
      <Section title={texts.unlock.carried.answerTitle}>
        <Way
          onSubmit={() => {
            if (!isBusy && carried !== "") unlock.mutate();
          }}
        >
          <CarriedTextInput
            label={texts.unlock.carried.answer}
            value={answer}
            onChange={setAnswer}
          />
          <Button
            type="submit"
            appearance="primary"
            size="large"
            icon={<LockOpenRegular />}
            disabledFocusable={isBusy || carried === ""}
          >
            {texts.unlock.carried.send}
          </Button>
          <CallProblem error={unlock.error} />
        </Way>
      </Section>
    </div>
  );
}
