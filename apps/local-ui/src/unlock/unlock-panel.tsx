import { CarriedTextInput, Notice, Section, Stack } from "@databox-cmk/ui";
import {
  Button,
  Field,
  Input,
  makeStyles,
  Tab,
  TabList,
  Text,
  tokens,
} from "@fluentui/react-components";
import {
  CloudArrowDownRegular,
  CloudRegular,
  KeyRegular,
  LockOpenRegular,
  QrCodeRegular,
} from "@fluentui/react-icons";
import { useNavigate, useRouterState } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useId, useState } from "react";

import { WAY_NAMES, type WayName } from "../core/way-of-command.ts";
import { CallProblem } from "../shell/call-problem.tsx";
import { Panel } from "../shell/page.tsx";
import { useNode } from "../state/node-context.ts";
import { useTexts } from "../texts/texts.ts";
import { Challenge } from "./challenge.tsx";
import { useStart } from "./use-start.ts";
import { Way } from "./way.tsx";

/** Maximum length of the reason that approvers see. */
const REASON_MAX_CHARACTERS = 200;
const useStyles = makeStyles({
  tab: { "@media (max-width: 479px)": { paddingInline: tokens.spacingHorizontalXS } },
  icon: { "@media (max-width: 479px)": { display: "none" } },
  tabs: { marginInline: `calc(-1 * ${tokens.spacingHorizontalM})` },
});

const ICONS = {
  network: CloudRegular,
  passkey: KeyRegular,
  carried: QrCodeRegular,
} as const satisfies Record<WayName, unknown>;

/**
 * The three ways to open the volume; in split custody there is no passkey.
 *
 * @param passkeyWay - the passkey also starts a session, for a person without one.
 */
export function UnlockPanel({ passkeyWay }: { readonly passkeyWay: ReactNode }): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const id = useId();
  const isSplit = useNode().state.node.custody === "split";
  // The address names the way, so that a step of a failure can lead to it.
  const hash = useRouterState({ select: ({ location }) => location.hash });
  const navigate = useNavigate();
  const named = WAY_NAMES.find((name) => name === hash);
  // Another hash, such as that of the link to the content, changes nothing.
  const [last, setLast] = useState<WayName>(named ?? "network");
  if (named !== undefined && named !== last) setLast(named);
  const names = WAY_NAMES.filter((name) => name !== "passkey" || !isSplit);
  // A re-key may have ended the passkey while the page is open.
  const chosen = names.find((name) => name === last) ?? "network";
  return (
    <Panel title={texts.unlock.title}>
      {isSplit && <SplitHint />}
      <TabList
        className={styles.tabs}
        selectedValue={chosen}
        onTabSelect={(_event, { value }) => {
          const way = names.find((candidate) => candidate === value);
          if (way !== undefined)
            void navigate({ to: ".", hash: way, replace: true, hashScrollIntoView: false });
        }}
        size="large"
      >
        {names.map((name) => {
          const Icon = ICONS[name];
          return (
            <Tab
              key={name}
              className={styles.tab}
              value={name}
              icon={{ children: <Icon />, className: styles.icon }}
              id={name}
              aria-controls={`${id}-panel`}
            >
              {texts.unlock.ways[name]}
            </Tab>
          );
        })}
      </TabList>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={chosen}>
        {chosen === "network" && <NetworkWay />}
        {chosen === "passkey" && passkeyWay}
        {chosen === "carried" && <CarriedWay />}
      </div>
      {isSplit && <Text size={200}>{texts.unlock.split.lost}</Text>}
    </Panel>
  );
}

/** Without a network: a person carries the challenge to the portal and brings its answer back. */
function CarriedWay(): ReactElement {
  const texts = useTexts();
  const { operation } = useNode().state;
  const [answer, setAnswer] = useState("");
  const carried = answer.trim();
  const unlock = useStart("/api/answer", { answer: carried });
  const isBusy = unlock.isPending || operation?.outcome === "running";
  return (
    <Stack gap="L">
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
    </Stack>
  );
}

function NetworkWay(): ReactElement {
  const texts = useTexts();
  const { operation, waiting } = useNode().state;
  const [reason, setReason] = useState("");
  const given = reason.trim();
  const unlock = useStart("/api/unlock", given === "" ? {} : { reason: given });
  // A waiting request is continued in its own panel.
  const isBusy = unlock.isPending || operation?.outcome === "running" || waiting !== undefined;
  return (
    <Way
      onSubmit={() => {
        if (!isBusy) unlock.mutate();
      }}
    >
      <Text>{texts.unlock.network.hint}</Text>
      <Field label={texts.unlock.network.reason} hint={texts.unlock.network.reasonHint}>
        <Input
          size="large"
          value={reason}
          maxLength={REASON_MAX_CHARACTERS}
          disabled={isBusy}
          onChange={(_event, data) => setReason(data.value)}
        />
      </Field>
      <Button
        type="submit"
        appearance="primary"
        size="large"
        icon={<CloudArrowDownRegular />}
        disabledFocusable={isBusy}
      >
        {texts.unlock.network.button}
      </Button>
      <CallProblem error={unlock.error} />
    </Way>
  );
}

/** Why there is no passkey in split custody. */
function SplitHint(): ReactElement {
  const { title, text } = useTexts().unlock.split;
  return (
    <Notice intent="info" title={title}>
      {text}
    </Notice>
  );
}
