import { Section } from "@databox-cmk/ui";
import { Field, Textarea } from "@fluentui/react-components";
import { ArrowSyncRegular } from "@fluentui/react-icons";
import type { ReactElement } from "react";

import { EMPTY_FORM } from "../../core/campaign-form.ts";
import { Radios, TextField } from "../../shell/fields.tsx";
import { CampaignsCrumb, OperatorPage } from "../../shell/page.tsx";
import { SaveForm } from "../../shell/save-form.tsx";
import { useTexts } from "../../texts/texts.ts";
import { CampaignVerdict, MoveFields, useStartCampaign } from "./use-start-campaign.tsx";

/**
 * Starts a re-wrap of many orders: the change, the orders, and first a dry run that changes
 * nothing.
 */
export function StartCampaignPage(): ReactElement {
  const words = useTexts().operator.campaigns;
  const { form, set, decided, request, start, isDirty } = useStartCampaign(EMPTY_FORM);
  const selection = [
    ["keyUrl", words.ofKey, words.keyHint],
    ["subscriptionId", words.ofSubscription, words.subscriptionHint],
    ["resourceGroup", words.ofGroup, words.groupHint],
  ] as const;
  return (
    <OperatorPage
      title={words.start}
      icon={<ArrowSyncRegular />}
      trail={[<CampaignsCrumb key="campaigns" />]}
    >
      <SaveForm
        saving={start}
        value={request}
        isChanged={isDirty}
        isReady={request !== undefined}
        button={{ label: words.startDry, busy: words.starting, icon: null }}
      >
        <Section title={words.what}>
          <Radios
            label={words.action}
            values={["rotate", "move"]}
            names={words.actions}
            value={form.kind}
            onChange={(kind) => set({ kind })}
          />
          {form.kind === "move" && <MoveFields form={form} onChange={set} />}
        </Section>
        <Section title={words.which}>
          {selection.map(([name, label, hint]) => (
            <TextField
              key={name}
              label={label}
              hint={hint}
              value={form[name]}
              onChange={(value) => set({ [name]: value })}
            />
          ))}
          <Field label={words.ofList} hint={words.listHint}>
            <Textarea
              value={form.orders}
              resize="vertical"
              onChange={(_event, { value }) => set({ orders: value })}
            />
          </Field>
        </Section>
        <TextField
          label={words.description}
          maxLength={256}
          value={form.description}
          onChange={(description) => set({ description })}
        />
        <CampaignVerdict decided={decided} />
      </SaveForm>
    </OperatorPage>
  );
}
