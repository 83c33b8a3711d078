import { Notice } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { type ComponentType, lazy, type ReactElement } from "react";

import { useTexts } from "../texts/texts.ts";
import { AlertDialog } from "./alert-dialog.tsx";

type Load<Properties> = () => Promise<ComponentType<Properties>>;
type Closable = { readonly onClose: () => void };

/**
 * A panel or dialog whose code loads when it is first opened. If the code cannot be loaded, a
 * dialog says so and the page stays.
 */
export const lazyPanel = <Properties extends Closable>(load: Load<Properties>) =>
  lazyPart(load, PanelNotLoaded);

/** A section of a page whose code loads when it is first shown. Otherwise like a panel. */
export const lazySection = <Properties extends object>(load: Load<Properties>) =>
  lazyPart(load, SectionNotLoaded);

function lazyPart<Properties>(load: Load<Properties>, NotLoaded: ComponentType<Properties>) {
  return lazy<ComponentType<Properties>>(async () => ({
    default: await load().catch(() => NotLoaded),
  }));
}

function PanelNotLoaded({ onClose }: Closable): ReactElement {
  const texts = useTexts();
  const { title, text } = texts.shell.notLoaded;
  return (
    <AlertDialog title={title} text={text} onDismiss={onClose}>
      <Button onClick={onClose}>{texts.ui.close}</Button>
    </AlertDialog>
  );
}

function SectionNotLoaded(): ReactElement {
  const { title, text } = useTexts().shell.notLoaded;
  return (
    <Notice intent="error" title={title}>
      {text}
    </Notice>
  );
}
