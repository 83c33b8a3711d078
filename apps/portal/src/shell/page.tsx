import {
  Breadcrumb,
  BreadcrumbDivider,
  BreadcrumbItem,
  makeStyles,
  Text,
  tokens,
  typographyStyles,
} from "@fluentui/react-components";
import { type ComponentProps, Fragment, type ReactElement, type ReactNode, useEffect } from "react";

import { useHeadingFocus } from "../focus/focus.ts";
import { useTexts } from "../texts/texts.ts";
import { RouterBreadcrumb } from "./router-link.tsx";

const useStyles = makeStyles({
  head: {
    paddingInline: tokens.spacingHorizontalL,
    paddingBlockStart: tokens.spacingVerticalXS,
  },
  title: {
    display: "flex",
    alignItems: "center",
    gap: tokens.spacingHorizontalM,
    paddingBlock: tokens.spacingVerticalS,
  },
  icon: {
    display: "flex",
    fontSize: "32px",
    color: tokens.colorBrandForeground1,
    flexShrink: 0,
  },
  heading: { ...typographyStyles.title3, margin: 0 },
  words: { minWidth: 0, overflowWrap: "anywhere" },
  subtitle: { color: tokens.colorNeutralForeground2 },
  body: { paddingInline: tokens.spacingHorizontalL, paddingBlockEnd: tokens.spacingVerticalXXL },
});

/** Breadcrumb, title and body of a page, in the layout of the Azure portal. */
export function Page({
  title,
  subtitle,
  icon,
  trail = [],
  children,
}: {
  readonly title: string;
  readonly subtitle?: string;
  readonly icon: ReactNode;
  /** Links to the pages between Home and this one; `null`: the page is Home. */
  readonly trail?: readonly ReactElement[] | null;
  readonly children: ReactNode;
}): ReactElement {
  const styles = useStyles();
  const texts = useTexts();
  const heading = useHeadingFocus();
  useEffect(() => {
    document.title = `${title} – ${texts.product}`;
  }, [title, texts]);
  return (
    <>
      <div className={styles.head}>
        <Breadcrumb size="small" aria-label={texts.shell.breadcrumb}>
          {trail !== null && (
            <BreadcrumbItem>
              <RouterBreadcrumb to="/">{texts.shell.home}</RouterBreadcrumb>
            </BreadcrumbItem>
          )}
          {trail?.map((link) => (
            <Fragment key={link.key}>
              <BreadcrumbDivider />
              <BreadcrumbItem>{link}</BreadcrumbItem>
            </Fragment>
          ))}
        </Breadcrumb>
        <div className={styles.title}>
          <span className={styles.icon} aria-hidden>
            {icon}
          </span>
          <div className={styles.words}>
            <h1 ref={heading} tabIndex={-1} className={styles.heading}>
              {title}
            </h1>
            {subtitle !== undefined && (
              <Text size={200} className={styles.subtitle}>
                {subtitle}
              </Text>
            )}
          </div>
        </div>
      </div>
      <div className={styles.body}>{children}</div>
    </>
  );
}

/** A page of the operator's section. */
export function OperatorPage(page: ComponentProps<typeof Page>): ReactElement {
  const texts = useTexts();
  return <Page subtitle={texts.operator.title} {...page} />;
}

export function OrdersCrumb(): ReactElement {
  return <RouterBreadcrumb to="/orders">{useTexts().orders.title}</RouterBreadcrumb>;
}

export function CampaignsCrumb(): ReactElement {
  const { title } = useTexts().operator.campaigns;
  return <RouterBreadcrumb to="/operator/campaigns">{title}</RouterBreadcrumb>;
}
