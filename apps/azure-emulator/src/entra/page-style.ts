/**
 * Style of all pages of the authority: light, dark and forced colours, 320 px and up, visible
 * focus, no motion.
 */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #242424; --soft: #616161; --paper: #ffffff; --back: #f0f2f5; --line: #767676; --hover: #eef4fb; --accent: #0f548c; --on-accent: #ffffff; --error: #a4262c; --shade: rgb(0 0 0 / 14%); }
@media (prefers-color-scheme: dark) { :root { --ink: #f5f5f5; --soft: #b8b8b8; --paper: #292929; --back: #141414; --line: #8f8f8f; --hover: #333f4d; --accent: #7ab8f5; --on-accent: #061724; --error: #ff9a9f; --shade: rgb(0 0 0 / 60%); } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; color: var(--ink); background: var(--back); }
main { width: 100%; max-width: 28rem; padding: 2rem clamp(1rem, 6vw, 2.5rem); background: var(--paper); border-radius: .5rem; box-shadow: 0 4px 16px var(--shade); }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 1rem; font-weight: 600; color: var(--soft); }
.brand::before { content: ""; width: 1.25rem; height: 1.25rem; border-radius: 50% 0 50% 50%; background: var(--accent); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
p { margin: 0 0 1rem; }
ul { list-style: none; padding: 0; margin: 1rem 0; }
li { margin: 0 0 .5rem; }
button, input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .25rem; text-align: left; }
button { cursor: pointer; }
button:hover { background: var(--hover); }
button.user { display: flex; align-items: center; gap: .75rem; }
button.user .initials { flex: none; width: 2.5rem; height: 2.5rem; border-radius: 50%; display: grid; place-items: center; font-weight: 600; background: var(--accent); color: var(--on-accent); }
button.user .who { min-width: 0; overflow-wrap: anywhere; }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); text-align: center; margin-top: .75rem; font-weight: 600; }
button.quiet { border-color: transparent; color: var(--accent); text-align: center; margin-top: .5rem; text-decoration: underline; }
button:focus-visible, input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
small { display: block; color: var(--soft); }
.error { color: var(--error); border-left: 4px solid currentColor; padding-left: .75rem; }
code { overflow-wrap: anywhere; }
@media (forced-colors: active) { main, .initials { border: 1px solid; } }
`;
