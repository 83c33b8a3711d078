import { BreadcrumbButton, Link, NavItem } from "@fluentui/react-components";
import { createLink } from "@tanstack/react-router";

/** Fluent's controls as typed links of the router. */
export const RouterLink = createLink(Link);
export const RouterBreadcrumb = createLink(BreadcrumbButton);
export const RouterNavItem = createLink(NavItem);
