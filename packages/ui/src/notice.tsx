import {
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  type MessageBarIntent,
  MessageBarTitle,
} from "@fluentui/react-components";
import type { ReactElement, ReactNode } from "react";

/** A message on a page that wraps as text does. */
export function Notice({
  intent,
  title,
  className,
  actions,
  children,
}: {
  readonly intent: MessageBarIntent;
  readonly title?: ReactNode;
  readonly className?: string | undefined;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <MessageBar intent={intent} layout="multiline" className={className}>
      <MessageBarBody>
        {title !== undefined && <MessageBarTitle>{title}</MessageBarTitle>}
        {children}
      </MessageBarBody>
      {actions !== undefined && <MessageBarActions>{actions}</MessageBarActions>}
    </MessageBar>
  );
}
