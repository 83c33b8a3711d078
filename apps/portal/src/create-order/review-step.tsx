import type { CloudError } from "@databox-cmk/protocol";
import { Facts, LoadingState, Notice, Section, useLanguage } from "@databox-cmk/ui";
import { Link } from "@fluentui/react-components";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactElement } from "react";

import { isSplit, type NewOrder, type problemsOf, type Step } from "../core/new-order.ts";
import { ChosenKeyFacts } from "../encryption/chosen-key-facts.tsx";
import { useLocations } from "../encryption/use-azure.ts";
import { useSubscriptions } from "../queries/use-subscriptions.ts";
import { QueryProblem } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";

/** *Review + order*: everything that will be sent, except secrets. */
export function ReviewStep({ order }: { readonly order: NewOrder }): ReactElement {
  const texts = useTexts();
  const words = texts.createOrder;
  const { language } = useLanguage();
  const { contact } = order;
  const subscription = useSubscriptions().data?.find(
    (each) => each.subscriptionId === order.subscriptionId,
  );
  const region = useLocations(order.subscriptionId).data?.find(
    ({ name }) => name === order.location,
  );
  const country =
    order.country && new Intl.DisplayNames(language, { type: "region" }).of(order.country);
  const isCustomer = order.kekType === "CustomerManaged";
  return (
    <>
      <Section title={words.steps.basics}>
        <Facts
          columns={1}
          facts={[
            [texts.order.transfer, texts.order.transfers[order.transferType]],
            [texts.orders.subscription, subscription?.displayName ?? order.subscriptionId],
            [texts.orders.group, order.group?.name ?? ""],
            [words.name, order.name],
            [texts.order.model, texts.order.models[order.sku]],
            [words.region[order.transferType], region?.displayName ?? order.location],
            [words.country[order.transferType], country],
          ]}
        />
      </Section>
      <Section title={words.steps.destination}>
        <Facts
          columns={1}
          facts={[[words.accounts, order.accounts.map((id) => id.split("/").at(-1)).join(", ")]]}
        />
      </Section>
      <Section title={words.steps.security}>
        <Facts
          columns={1}
          facts={[
            [texts.orders.encryption, texts.encryptionTypes[order.kekType]],
            [words.identity, isCustomer ? order.identityId?.split("/").at(-1) : undefined],
            [texts.custody.title, texts.custody.kinds[isSplit(order) ? "split" : "escrow"]],
            [
              words.passkey,
              isSplit(order) ? undefined : order.passkey === "own" ? words.own : words.generated,
            ],
            [
              words.doubleTitle,
              order.doubleEncryption ? texts.encryption.enabled : texts.encryption.disabled,
            ],
          ]}
        />
        {isCustomer && order.key !== undefined && <ChosenKeyFacts chosen={order.key} />}
      </Section>
      <Section title={words.steps.contact}>
        <Facts
          columns={1}
          facts={[
            [words.contact.contactName, contact.contactName],
            [words.contact.phone, contact.phone],
            [words.contact.emails, contact.emails],
            [
              words.address,
              [
                contact.companyName,
                contact.streetAddress1,
                contact.streetAddress2,
                contact.postalCode,
                contact.city,
                contact.stateOrProvince,
                country,
              ]
                .filter((line) => line !== "")
                .join(", "),
            ],
          ]}
        />
      </Section>
    </>
  );
}

/**
 * Whether an order can be placed: missing values first, then the service's validation of the whole.
 */
export function ReviewVerdict({
  problems,
  onStep,
  validation,
}: {
  readonly problems: ReturnType<typeof problemsOf>;
  readonly onStep: (step: Step) => void;
  readonly validation: UseQueryResult<readonly CloudError[]>;
}): ReactElement {
  const words = useTexts().createOrder;
  if (problems.length > 0)
    return (
      <Notice intent="error">
        {words.notWhole}
        {problems.map(({ problem, step }) => (
          <div key={problem}>
            <Link inline onClick={() => onStep(step)}>
              {`${words.steps[step]}: ${words.problems[problem]}`}
            </Link>
          </div>
        ))}
      </Notice>
    );
  if (validation.error !== null)
    return <QueryProblem error={validation.error} onTryAgain={() => void validation.refetch()} />;
  if (validation.data === undefined) return <LoadingState />;
  if (validation.data.length === 0) return <Notice intent="success">{words.whole}</Notice>;
  return (
    <Notice intent="error">
      {words.refused}
      {validation.data.map(({ target, message }) => (
        <div key={target}>{message}</div>
      ))}
    </Notice>
  );
}
