import type { Locator, Page } from "playwright-core";

/** Controls by their accessible names. */
export const button = (page: Page, name: string): Locator =>
  page.getByRole("button", { name, exact: true });

/** Opens a dropdown and takes the first choice whose name has this in it. */
export async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole("combobox", { name: label, exact: true }).click();
  await page.getByRole("option", { name: option }).first().click();
}
