import type { Locator, Page } from "playwright-core";

/** Parts of a node's page, by their accessible names. */
export const region = (page: Page, name: string): Locator => page.getByRole("region", { name });
export const lockState = (page: Page): Locator => region(page, "Lock state");

/** Resolves when the page says so. */
export async function waitForLock(page: Page, state: "Locked" | "Unlocked"): Promise<void> {
  await lockState(page).getByText(state, { exact: true }).waitFor();
}

/**
 * Types a passkey on the sign-in page.
 *
 * @param unlock - also opens the volume, where it is locked
 */
export async function typePasskey(page: Page, passkey: string, unlock = true): Promise<void> {
  const tab = page.getByRole("tab", { name: "Passkey" });
  if (await tab.isVisible()) {
    await tab.click();
    await page.getByRole("checkbox").setChecked(unlock);
  }
  await page.getByRole("textbox", { name: "Passkey" }).fill(passkey);
  await page.getByRole("button", { name: /^Sign in/ }).click();
}

/** Signs in without opening the volume. */
export async function signInNode(page: Page, passkey: string): Promise<void> {
  await typePasskey(page, passkey, false);
  await page.getByRole("navigation").waitFor();
}
