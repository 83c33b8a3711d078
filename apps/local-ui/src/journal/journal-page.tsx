import { CopyButton } from "@databox-cmk/ui";
import { Button, makeStyles, Text, tokens } from "@fluentui/react-components";
import { type ReactElement, useState } from "react";

import { Page, Panel } from "../shell/page.tsx";
import { useTexts } from "../texts/texts.ts";
import { JournalList, useJournal } from "./journal-list.tsx";

const FEW = 100;
const MANY = 1000;

const useStyles = makeStyles({
  more: { alignSelf: "start" },
  head: {
    display: "inline-flex",
    alignItems: "center",
    fontFamily: tokens.fontFamilyMonospace,
    fontSize: tokens.fontSizeBase200,
    overflowWrap: "anywhere",
  },
});

export function JournalPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const [last, setLast] = useState(FEW);
  const { data } = useJournal(last);
  const head = data?.head;
  return (
    <Page title={texts.journal.title}>
      <Text>{texts.journal.hint}</Text>
      <Panel title={texts.journal.newest}>
        {data !== undefined && <Text role="status">{texts.journal.shown(data.rows.length)}</Text>}
        <JournalList last={last} withFacts />
        {last === FEW && data?.rows.length === FEW && (
          <Button size="large" className={styles.more} onClick={() => setLast(MANY)}>
            {texts.journal.more}
          </Button>
        )}
      </Panel>
      {head !== undefined && (
        <Panel title={texts.journal.head}>
          <span className={styles.head}>
            {head}
            <CopyButton value={head} what={texts.journal.head} />
          </span>
        </Panel>
      )}
    </Page>
  );
}
