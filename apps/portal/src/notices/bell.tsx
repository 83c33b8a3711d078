import { Button, CounterBadge, makeStyles, Tooltip } from "@fluentui/react-components";
import { AlertRegular } from "@fluentui/react-icons";
import { type ReactElement, Suspense, useState } from "react";

import { lazyPanel } from "../shell/lazy-part.tsx";
import { useTexts } from "../texts/texts.ts";
import { useNotices } from "./use-notices.ts";

const NoticesPanel = lazyPanel(async () => (await import("./notices-panel.tsx")).NoticesPanel);

const useStyles = makeStyles({
  bell: { position: "relative" },
  badge: {
    position: "absolute",
    insetBlockStart: "2px",
    insetInlineEnd: "2px",
    pointerEvents: "none",
  },
});

/** The number of unread notices in the top bar, and the panel that lists all of them. */
export function Bell({ className }: { readonly className: string }): ReactElement {
  const styles = useStyles();
  const texts = useTexts().notices;
  const [open, setOpen] = useState(false);
  const notices = useNotices();
  const unread = notices.notices?.filter(({ isRead }) => !isRead).length ?? 0;
  return (
    <>
      <span className={styles.bell}>
        <Tooltip content={texts.bell(unread)} relationship="label">
          <Button
            appearance="transparent"
            className={className}
            icon={<AlertRegular />}
            aria-expanded={open}
            aria-haspopup="dialog"
            onClick={() => setOpen(true)}
          />
        </Tooltip>
        {unread > 0 && (
          <CounterBadge
            aria-hidden
            className={styles.badge}
            size="small"
            color="danger"
            count={unread}
          />
        )}
      </span>
      {open && (
        <Suspense fallback={null}>
          <NoticesPanel {...notices} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
