import { makeStyles, tokens } from "@fluentui/react-components";
import { BoxRegular } from "@fluentui/react-icons";
import type { ReactElement, ReactNode } from "react";

import { below, TABLET_PX } from "../shell/breakpoints.ts";
import { OrdersCrumb, Page } from "../shell/page.tsx";
import { QueryProblem } from "../shell/query-problem.tsx";
import { ORDER, RouterBreadcrumb } from "../shell/router-link.tsx";
import { useTexts } from "../texts/texts.ts";
import { OrderMenu, type OrderSection } from "./order-menu.tsx";
import { useMay } from "./use-may.ts";
import { useOrder, useOrderName } from "./use-order.ts";

const useStyles = makeStyles({
  columns: {
    display: "flex",
    gap: tokens.spacingHorizontalXL,
    [below(TABLET_PX)]: { flexDirection: "column", gap: tokens.spacingVerticalS },
  },
  content: { flexGrow: 1, minWidth: 0 },
});

/** One page of an order, with its menu at the side as for a resource in the Azure portal. */
export function OrderPage({
  section,
  children,
}: {
  readonly section: OrderSection;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const name = useOrderName();
  const isOverview = section === "overview";
  /** The operators' page has a right of its own. */
  const isRefused = useMay("read") === false && section !== "operations";
  return (
    <Page
      title={isOverview ? name.jobName : `${name.jobName} | ${texts.order.sections[section]}`}
      subtitle={texts.order.kind}
      icon={<BoxRegular />}
      trail={[
        section === "operations" ? (
          <RouterBreadcrumb key="orders" to="/operator/orders">
            {texts.operator.orders}
          </RouterBreadcrumb>
        ) : (
          <OrdersCrumb key="orders" />
        ),
        ...(isOverview
          ? []
          : [
              <RouterBreadcrumb key="order" to={ORDER} params={name}>
                {name.jobName}
              </RouterBreadcrumb>,
            ]),
      ]}
    >
      <div className={styles.columns}>
        <OrderMenu section={section} />
        <div className={styles.content}>{isRefused ? <RefusedOrder /> : children}</div>
      </div>
    </Page>
  );
}

/** Says once that the reader may not see the order, instead of in each part of the page. */
function RefusedOrder(): ReactElement | null {
  const { error, refetch } = useOrder();
  return error === null ? null : <QueryProblem error={error} onTryAgain={() => void refetch()} />;
}
