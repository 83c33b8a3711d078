import { LOCATION_CALLS } from "@databox-cmk/protocol";
import { useLanguage } from "@databox-cmk/ui";
import { Field } from "@fluentui/react-components";
import type { ReactElement } from "react";

import { GroupChoice } from "../encryption/group-choice.tsx";
import { useLocations } from "../encryption/use-azure.ts";
import { SubscriptionChoice } from "../orders/subscription-choice.tsx";
import { usePart } from "../queries/use-part.ts";
import { Choice, Radios, TextField } from "../shell/fields.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import type { StepProps } from "./step.ts";

const TRANSFERS = ["ImportToAzure", "ExportFromAzure"] as const;
const SKUS = ["DataBox", "DataBoxHeavy"] as const;
/**
 * Used for the request before a country is chosen: the list of countries depends on the region
 * alone.
 */
const ANY_COUNTRY = "US";
const ANY_GROUP = "any";

/** *Basics*: direction, places and name of the order. */
export function BasicsStep({
  order,
  onChange,
  problemOf,
  takenName,
}: StepProps & {
  /** Shown at once, while the name is typed. */
  readonly takenName: string | undefined;
}): ReactElement {
  const texts = useTexts();
  const { language } = useLanguage();
  const { subscriptionId, location, country, transferType } = order;
  const locations = useLocations(subscriptionId);
  const resourceGroup = order.group?.isNew === false ? order.group.name : ANY_GROUP;
  const skus = usePart(
    LOCATION_CALLS.ofGroup.availableSkus,
    {
      params: { subscriptionId, resourceGroup, location },
      body: { transferType, country: country === "" ? ANY_COUNTRY : country, location },
    },
    { select: ({ value }) => value, enabled: subscriptionId !== "" && location !== "" },
  );
  const countries = skus.data?.[0]?.properties.countriesWithinCommerceBoundary ?? [];
  const countryNames = new Intl.DisplayNames(language, { type: "region" });
  const words = texts.createOrder;
  const skuText = (name: (typeof SKUS)[number]): string => {
    const offered = skus.data?.find(({ sku }) => sku.name === name);
    const title = texts.order.models[name];
    if (offered === undefined) return title;
    const { capacity, disabledReasonMessage } = offered.properties;
    return offered.enabled || country === ""
      ? words.capacity(title, capacity.usable)
      : `${title}: ${disabledReasonMessage ?? ""}`;
  };
  return (
    <>
      <Radios
        label={texts.order.transfer}
        isRequired
        values={TRANSFERS}
        names={texts.order.transfers}
        value={transferType}
        onChange={(chosen) => onChange({ transferType: chosen })}
      />
      <SubscriptionChoice
        value={subscriptionId}
        onChange={(id) => {
          onChange({ subscriptionId: id, group: undefined, accounts: [], key: undefined });
        }}
      />
      <div>
        <GroupChoice
          key={subscriptionId}
          subscriptionId={subscriptionId}
          group={order.group}
          onChange={(group) => onChange({ group })}
        />
        <Problem text={problemOf("group")} />
      </div>
      <TextField
        label={words.name}
        value={order.name}
        isRequired
        problem={takenName ?? problemOf("name")}
        hint={words.nameRule}
        onChange={(name) => onChange({ name })}
      />
      <div>
        <Choice
          label={words.region[transferType]}
          value={location === "" ? undefined : location}
          isLoading={locations.isPending}
          options={(locations.data ?? []).map((each) => ({
            value: each.name,
            name: each.displayName ?? each.name,
          }))}
          onChange={(at) => onChange({ location: at, country: "" })}
        />
        <Problem text={problemOf("location")} />
      </div>
      <QueryProblem error={skus.error} />
      <div>
        <Choice
          label={words.country[transferType]}
          value={country === "" ? undefined : country}
          isLoading={skus.isLoading}
          placeholder={location === "" ? words.regionFirst : texts.encryption.select}
          options={countries.map((code) => ({ value: code, name: countryNames.of(code) ?? code }))}
          onChange={(code) => onChange({ country: code })}
        />
        <Problem text={problemOf("country")} />
      </div>
      <Radios
        label={texts.order.model}
        isRequired
        values={SKUS}
        names={{ DataBox: skuText("DataBox"), DataBoxHeavy: skuText("DataBoxHeavy") }}
        value={order.sku}
        onChange={(sku) => onChange({ sku })}
      />
    </>
  );
}

/** Shown below a control that has no place for it. */
function Problem({ text }: { readonly text: string | undefined }): ReactElement | null {
  if (text === undefined) return null;
  return <Field validationMessage={text} />;
}
