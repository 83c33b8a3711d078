import { Notice } from "@databox-cmk/ui";
import { Button } from "@fluentui/react-components";
import { PlugDisconnectedRegular } from "@fluentui/react-icons";
import type { RouteComponent } from "@tanstack/react-router";
import { createElement, type ReactElement, useReducer } from "react";

import { useTexts } from "../texts/texts.ts";
import { Page } from "./page.tsx";

/**
 * A page whose code loads when it is first opened; the router waits for it. If the code cannot be
 * loaded, the shell stays and says so, and the next opening tries again. The router's own
 * `lazyRouteComponent` reloads the document, which throws the reader out when the service is gone.
 */
export function lazyPage(
  load: () => Promise<RouteComponent>,
): RouteComponent & { preload(): Promise<void> } {
  let loaded: RouteComponent | undefined;
  const preload = async () => {
    loaded ??= await load().catch(() => undefined);
  };
  function LazyPage(): ReactElement {
    const [, showAgain] = useReducer((count: number) => count + 1, 0);
    return loaded === undefined ? (
      <PageNotLoaded onTry={() => void preload().then(showAgain)} />
    ) : (
      createElement(loaded)
    );
  }
  return Object.assign(LazyPage, { preload });
}

function PageNotLoaded({ onTry }: { readonly onTry: () => void }): ReactElement {
  const { shell, ui } = useTexts();
  return (
    <Page title={shell.notLoaded.title} icon={<PlugDisconnectedRegular />}>
      <Notice intent="error" actions={<Button onClick={onTry}>{ui.tryAgain}</Button>}>
        {shell.notLoaded.text}
      </Notice>
    </Page>
  );
}
