import { Section } from "@databox-cmk/ui";
import {
  Button,
  Field,
  makeStyles,
  Radio,
  RadioGroup,
  Textarea,
  tokens,
} from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { EMPTY_FORM } from "../core/campaign-form.ts";
import { OperatorPage } from "../operator/operator-page.tsx";
import { RouterBreadcrumb } from "../shell/router-link.tsx";
import { TextField } from "../shell/text-field.tsx";
import { UnsavedGuard } from "../shell/unsaved-guard.tsx";
import { useTexts } from "../texts/texts.ts";
import { CampaignVerdict } from "./campaign-verdict.tsx";
import { MoveFields } from "./move-fields.tsx";
import { useStartCampaign } from "./use-start-campaign.ts";

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
  const { form, set, decided, start, isDirty, begin } = useStartCampaign(EMPTY_FORM);
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
          begin();
        }}
      >
        <UnsavedGuard isDirty={isDirty} />
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
        <CampaignVerdict decided={decided} error={start.error} />
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
