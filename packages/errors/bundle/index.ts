export { builtinsWithoutImport } from "./builtins-without-import.ts";
export { foldTexts } from "./fold-texts.ts";
