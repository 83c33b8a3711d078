import { EmptyState } from "@databox-cmk/ui";
import { makeStyles, tokens } from "@fluentui/react-components";
import { BoxSearchRegular, HomeRegular } from "@fluentui/react-icons";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";

import { useIsOperator } from "../queries/session-context.ts";
import { listedSubscription, useSubscriptions } from "../queries/use-subscriptions.ts";
import { Filter } from "../shell/filters.tsx";
import { Page } from "../shell/page.tsx";
import { QueryState } from "../shell/query-problem.tsx";
import { useTexts } from "../texts/texts.ts";
import { CustomerHome, OperatorHome } from "./home-sections.tsx";

const route = getRouteApi("/");

const useStyles = makeStyles({
  filters: { marginBlockEnd: tokens.spacingVerticalM, maxWidth: "360px" },
});

/** The first page: who must do what now. Operators see all customers. */
export function HomePage(): ReactElement {
  const texts = useTexts();
  const isOperator = useIsOperator();
  return (
    <Page
      title={texts.shell.home}
      subtitle={isOperator ? texts.home.everyCustomer : texts.home.subtitle}
      icon={<HomeRegular />}
      trail={null}
    >
      {isOperator ? <OperatorHome /> : <OwnHome />}
    </Page>
  );
}

function OwnHome(): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const { subscription } = route.useSearch();
  const navigate = route.useNavigate();
  const subscriptions = useSubscriptions();
  if (subscriptions.isPending || subscriptions.error !== null)
    return <QueryState of={subscriptions} />;
  const subscriptionId = listedSubscription(subscription, subscriptions.data);
  if (subscriptionId === undefined)
    return <EmptyState icon={<BoxSearchRegular />} title={texts.orders.noSubscriptions} />;
  return (
    <>
      {subscriptions.data.length > 1 && (
        <div className={styles.filters}>
          <Filter
            label={texts.orders.subscription}
            value={subscriptionId}
            names={Object.fromEntries(
              subscriptions.data.map((each) => [each.subscriptionId, each.displayName]),
            )}
            onChange={(chosen) =>
              void navigate({ search: chosen === undefined ? {} : { subscription: chosen } })
            }
          />
        </div>
      )}
      <CustomerHome key={subscriptionId} subscriptionId={subscriptionId} />
    </>
  );
}
