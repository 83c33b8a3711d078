import { Section } from "@databox-cmk/ui";
import {
  Button,
  Field,
  makeStyles,
  MessageBar,
  MessageBarBody,
  Radio,
  RadioGroup,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";

import { startCampaign } from "../api/campaigns.ts";
import { type CampaignForm, decideCampaign, EMPTY_FORM } from "../core/campaign-form.ts";
import { OperatorPage } from "../operator/operator-page.tsx";
import { useSignedIn } from "../queries/session-context.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { TextField } from "../shell/text-field.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useTexts } from "../texts/texts.ts";
import { useAction } from "../toasts/use-action.tsx";
import { MoveFields } from "./move-fields.tsx";

const useStyles = makeStyles({
  form: {
    display: "flex",
    flexDirection: "column",
    gap: tokens.spacingVerticalL,
    maxWidth: "720px",
  },
  buttons: { display: "flex", flexWrap: "wrap", gap: tokens.spacingHorizontalS },
});

/**
 * Starts a re-wrap of many orders: the change, the orders, and first a dry run that changes
 * nothing.
 */
export function StartCampaignPage(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { client } = useSignedIn();
  const navigate = useNavigate();
  const [form, setForm] = useState<CampaignForm>(EMPTY_FORM);
  const set = (change: Partial<CampaignForm>) => {
    setForm({ ...form, ...change });
  };
  const decided = decideCampaign(form, true);
  const start = useAction("startCampaign", {
    mutationFn: (wanted: Extract<typeof decided, { ok: true }>) =>
      startCampaign(client, wanted.request),
    onSuccess: ({ id }) =>
      navigate({ to: "/operator/campaigns/$campaignId", params: { campaignId: id } }),
  });
  const words = texts.operator.campaigns;
  const selection = [
    ["keyUrl", words.ofKey],
    ["subscriptionId", words.ofSubscription],
    ["resourceGroup", words.ofGroup],
  ] as const;
  return (
    <OperatorPage
      title={words.start}
      icon={<ArrowSyncRegular />}
      trail={[
        <RouterBreadcrumb key="campaigns" to="/operator/campaigns">
          {words.title}
        </RouterBreadcrumb>,
      ]}
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (decided.ok) start.mutate(decided);
        }}
      >
        <UnsavedGuard isDirty={form !== EMPTY_FORM && !start.isPending && !start.isSuccess} />
        <Section title={words.what}>
          <Field label={words.action}>
            <RadioGroup
              value={form.kind}
              onChange={(_event, { value }) => {
                set({ kind: value === "move" ? "move" : "rotate" });
              }}
            >
              <Radio value="rotate" label={words.actions.rotate} />
              <Radio value="move" label={words.actions.move} />
            </RadioGroup>
          </Field>
          {form.kind === "move" && <MoveFields form={form} onChange={set} />}
        </Section>
        <Section title={words.which}>
          {selection.map(([name, label]) => (
            <TextField
              key={name}
              label={label}
              value={form[name]}
              onChange={(value) => {
                set({ [name]: value });
              }}
            />
          ))}
          <Field label={words.ofList} hint={words.listHint}>
            <Textarea
              value={form.orders}
              resize="vertical"
              onChange={(_event, { value }) => {
                set({ orders: value });
              }}
            />
          </Field>
        </Section>
        <TextField
          label={words.description}
          maxLength={256}
          value={form.description}
          onChange={(description) => {
            set({ description });
          }}
        />
        <MessageBar intent={decided.ok ? "info" : "warning"} layout="multiline">
          <MessageBarBody>
            {decided.ok ? words.dryFirst : words.missing[decided.problem]}
          </MessageBarBody>
        </MessageBar>
        {start.error !== null && <QueryProblem error={start.error} />}
        <div className={styles.buttons}>
          <Button
            type="submit"
            appearance="primary"
            disabled={!decided.ok}
            disabledFocusable={start.isPending}
          >
            {start.isPending ? words.starting : words.startDry}
          </Button>
        </div>
      </form>
    </OperatorPage>
  );
}
