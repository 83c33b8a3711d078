export * from "./builtins-without-import.ts";
export * from "./define-revision.ts";
