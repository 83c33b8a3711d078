import { NOTICE_CALLS, type NoticeChoices } from "@databox-cmk/protocol";
import { Notice, Section, useLanguage } from "@databox-cmk/ui";
import { Checkbox, makeStyles, Text } from "@fluentui/react-components";
import { AlertRegular } from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { isSame } from "../core/is-same.ts";
import {
  choose,
  isChosen,
  isPersonal,
  renderChoices,
  renderReaderCommand,
} from "../core/notice-draft.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { partKey, usePart } from "../queries/use-part.ts";
import { Copyable } from "../shell/copyable.tsx";
import { Choice } from "../shell/fields.tsx";
import { Page } from "../shell/page.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { SaveForm } from "../shell/save-form.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { useNoticeScope } from "./use-notices.ts";

const useStyles = makeStyles({
  language: { maxWidth: "320px" },
  kind: { display: "flex", flexDirection: "column", overflowWrap: "anywhere" },
});

/** Which events reach the reader by which channel, and their choice of e-mails. */
export function NoticeSettingsPage(): ReactElement {
  const texts = useTexts();
  const { subscriptions, given } = useNoticeScope();
  const choices = usePart(NOTICE_CALLS.readChoices, given, {
    enabled: subscriptions.data !== undefined,
  });
  return (
    <Page title={texts.noticeSettings.title} icon={<AlertRegular />}>
      <QueryState of={subscriptions.error === null ? choices : subscriptions} />
      {choices.data !== undefined && (
        <ChoicesForm choices={choices.data} queryKey={partKey(NOTICE_CALLS.readChoices, given)} />
      )}
    </Page>
  );
}

function ChoicesForm({
  choices,
  queryKey,
}: {
  readonly choices: NoticeChoices;
  /** The key of the choices in the cache. */
  readonly queryKey: readonly unknown[];
}): ReactElement {
  const styles = useStyles();
  const words = useTexts().noticeSettings;
  const { language: pageLanguage } = useLanguage();
  const [draft, setDraft] = useState(choices);
  const body = renderChoices(draft, pageLanguage);
  const { client } = useSignedIn();
  const queryClient = useQueryClient();
  const save = useAction("changeNotices", {
    mutationFn: async (written: typeof body) => {
      await client.call(NOTICE_CALLS.writeChoices, { params: {}, body: written });
      await queryClient.invalidateQueries({ queryKey });
    },
  });
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
