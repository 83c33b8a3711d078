import type { NoticeChoices, NoticeChoicesWrite } from "@databox-cmk/protocol";
import { LoadingState, Notice, Section, useLanguage } from "@databox-cmk/ui";
import { Checkbox, makeStyles, Text } from "@fluentui/react-components";
import { AlertRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { readNoticeChoices, writeNoticeChoices } from "../api/notices.ts";
import { isSame } from "../core/is-same.ts";
import {
  choose,
  isChosen,
  isPersonal,
  renderChoices,
  renderReaderCommand,
} from "../core/notice-draft.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { Choice } from "../shell/choice.tsx";
import { Copyable } from "../shell/copyable.tsx";
import { Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { useOfSubscriptions } from "./use-notices.ts";

const useStyles = makeStyles({
  language: { maxWidth: "320px" },
  kind: { display: "flex", flexDirection: "column", overflowWrap: "anywhere" },
});

/** Which events reach the reader by which channel, and their choice of e-mails. */
export function NoticeSettingsPage(): ReactElement {
  const texts = useTexts();
  const { choices, error, tryAgain, write } = useNoticeChoices();
  return (
    <Page title={texts.noticeSettings.title} icon={<AlertRegular />}>
      <QueryProblem error={error} onTryAgain={tryAgain} />
      {choices === undefined && error === null && <LoadingState />}
      {choices !== undefined && <ChoicesForm choices={choices} write={write} />}
    </Page>
  );
}

/** The reader's choices, and a function to change them. */
function useNoticeChoices(): {
  /** `undefined` until they are known. */
  readonly choices: NoticeChoices | undefined;
  readonly error: Error | null;
  readonly tryAgain: () => void;
  readonly write: (body: NoticeChoicesWrite) => Promise<void>;
} {
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const { queryKey, value, error, tryAgain } = useOfSubscriptions(
    QUERY_KEYS.noticeChoices,
    readNoticeChoices,
  );
  return {
    choices: value,
    error,
    tryAgain,
    write: async (body) => {
      await writeNoticeChoices(client, body);
      await queryClient.invalidateQueries({ queryKey });
    },
  };
}

function ChoicesForm({
  choices,
  write,
}: {
  readonly choices: NoticeChoices;
  readonly write: (body: ReturnType<typeof renderChoices>) => Promise<void>;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const words = texts.noticeSettings;
  const { language: pageLanguage } = useLanguage();
  const [draft, setDraft] = useState(choices);
  const body = renderChoices(draft, pageLanguage);
  const save = useAction("changeNotices", { mutationFn: write });
  const canMail = choices.hasMailServer && choices.address !== undefined;
  const isOffered = canMail && draft.kinds.some(({ allowedIn }) => allowedIn.length > 0);
  const change = (next: Partial<NoticeChoices>) => setDraft({ ...draft, ...next });
  return (
    <SaveForm
      saving={save}
      value={body}
      isChanged={!isSame(body, renderChoices(choices, pageLanguage))}
      button={isOffered ? undefined : null}
    >
      <Text>{words.intro}</Text>
      <Notice intent={canMail ? "info" : "warning"}>
        {choices.hasMailServer
          ? choices.address === undefined
            ? words.noAddress
            : words.address(choices.address)
          : words.noMailServer}
      </Notice>
      {draft.kinds.map((kind) => {
        const { type, channels } = kind;
        const isAllowed = kind.allowedIn.length > 0;
        const names = channels.map(({ name, kind: by }) => words.channel(name, by)).join(", ");
        return (
          <Section key={type} title={words.kinds[type]}>
            <div className={styles.kind}>
              <Text>{names === "" ? words.noChannels : words.channels(names)}</Text>
              {!isPersonal(kind) && <Text>{words.groupsOnly}</Text>}
              {isPersonal(kind) && canMail && !isAllowed && (
                <NotAllowed kind={kind} address={choices.address ?? ""} />
              )}
              {isPersonal(kind) && canMail && isAllowed && (
                <div>
                  <Checkbox
                    label={words.mailMe}
                    aria-label={`${words.mailMe}: ${words.kinds[type]}`}
                    checked={isChosen(kind)}
                    onChange={(_event, { checked }) => {
                      change({
                        kinds: draft.kinds.map((each) =>
                          each.type === type ? choose(each, checked === true) : each,
                        ),
                      });
                    }}
                  />
                </div>
              )}
            </div>
          </Section>
        );
      })}
      {draft.kinds.some(({ chosenIn }) => chosenIn.length > 0) && (
        <div className={styles.language}>
          <Choice
            label={words.language}
            value={body.language}
            options={[
              { value: "en", name: "English" },
              { value: "de", name: "Deutsch" },
            ]}
            onChange={(language) => change({ language })}
          />
        </div>
      )}
    </SaveForm>
  );
}

/** Says why the reader cannot choose an e-mail, and how they get the right. */
function NotAllowed({
  kind: { type, signedInOnly },
  address,
}: {
  readonly kind: NoticeChoices["kinds"][number];
  readonly address: string;
}): ReactElement {
  const words = useTexts().noticeSettings;
  if (signedInOnly.length === 0) return <Text>{words.notAllowed}</Text>;
  // Azure has no built-in role that approves and changes nothing.
  if (type === "com.databox-cmk.approval.waiting") return <Text>{words.approveBySignIn}</Text>;
  return (
    <>
      <Text>{words.readBySignIn}</Text>
      {signedInOnly.map((id) => (
        <Copyable
          key={id}
          value={renderReaderCommand(address, id)}
          what={renderReaderCommand(address, id)}
        />
      ))}
    </>
  );
}
