import { Link } from "@fluentui/react-components";
import { createLink } from "@tanstack/react-router";

/** Fluent's link as a typed link of the router. */
export const RouterLink = createLink(Link);
