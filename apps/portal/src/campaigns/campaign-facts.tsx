import type { CampaignView } from "@databox-cmk/protocol";
import { type Fact, Facts, Time } from "@databox-cmk/ui";
import type { ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { CampaignState } from "./campaign-state.tsx";

/** A campaign's change, its orders, and the person who started it. */
export function CampaignFacts({ campaign }: { readonly campaign: CampaignView }): ReactElement {
  const texts = useTexts();
  const words = texts.operator.campaigns;
  const { action, selector, createdAt, finishedAt } = campaign;
  const to = action.kind === "move" ? action.to : {};
  return (
    <Facts
      facts={[
        { label: words.state, value: <CampaignState campaign={campaign} /> },
        { label: words.what, value: words.actions[action.kind] },
        ...fact(words.toKey, to.kekUrl),
        ...fact(words.toVault, to.kekVaultResourceID),
        ...fact(
          words.toIdentity,
          to.identityProperties?.userAssigned?.resourceId ?? to.identityProperties?.type,
        ),
        ...fact(words.ofSubscription, selector.subscriptionId),
        ...fact(words.ofGroup, selector.resourceGroup),
        ...fact(words.ofKey, selector.keyUrl),
        ...fact(
          words.ofList,
          selector.orders === undefined ? undefined : words.listed(selector.orders),
        ),
        {
          label: words.startedBy,
          value: campaign.origin === "automatic" ? words.automatic : campaign.createdBy,
        },
        { label: words.startedAt, value: <Time at={createdAt} /> },
        ...(finishedAt === undefined
          ? []
          : [{ label: words.finishedAt, value: <Time at={finishedAt} /> }]),
        { label: words.id, value: campaign.id },
      ]}
    />
  );
}

function fact(label: string, value: string | undefined): readonly Fact[] {
  return value === undefined ? [] : [{ label, value }];
}
