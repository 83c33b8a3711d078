import { createContext, useContext } from "react";

import { en, type UiTexts } from "./en.ts";

export const UiTextsContext = createContext<UiTexts>(en);

export function useUiTexts(): UiTexts {
  return useContext(UiTextsContext);
}
