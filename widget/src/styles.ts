// The colours follow the page's own color-scheme, not the system's wish: a page that is always
// light stays light for somebody who prefers dark, and a white button on it would be no button.
// The themes light and dark are the two of them, pinned down. A browser without light-dark() (of
// before 2024) shows the outline. Sizes are in em of the element, whose size the page may set.
// Not as css`…`, which brings code for what a page might put into it: here is nothing to put in.
export const styles = `
:host {
  display: inline-block;
  position: relative;
  max-inline-size: 100%;
  font: 600 max(16px, 1rem) / 1.3 var(--autogpt-signin-font,system-ui);
}
:host([size=s]) {
  font-size: max(14px, 0.875rem);
}
:host([size=l]) {
  font-size: max(19px, 1.1875rem);
}
:host([hidden]),
p:empty {
  display: none;
}
button {
  position: relative;
  display: flex;
  align-items: center;
  justify-content: center;
  gap: 0.6em;
  inline-size: 100%;
  min-block-size: var(--autogpt-signin-height,2.75em);
  padding: 0.4em 1em;
  border: 1px solid var(--autogpt-signin-border,#8888);
  border-radius: var(--autogpt-signin-radius,8px);
  background: var(--autogpt-signin-bg,light-dark(#17181c,#fff));
  color: var(--autogpt-signin-fg,light-dark(#fff,#17181c));
  font: inherit;
  cursor: pointer;
}
:host([theme=light]) button {
  color-scheme: dark;
}
:host([theme=dark]) button {
  color-scheme: light;
}
:host([theme=outline]) button {
  background-color: var(--autogpt-signin-bg,transparent);
  color: var(--autogpt-signin-fg,inherit);
}
:host([shape=pill]) button {
  border-radius: 9em;
}
:host([variant=icon]) button {
  inline-size: var(--autogpt-signin-height,2.75em);
  padding: 0;
}
button::after {
  content: "";
  position: absolute;
  inset: min(0px, 50% - 22px);
}
button:hover {
  background-image: linear-gradient(#8883 0 0);
}
button:active {
  background-image: linear-gradient(#8886 0 0);
}
button:focus-visible {
  outline: 3px solid var(--autogpt-signin-focus,#4f46e5);
  outline-offset: 2px;
  box-shadow: 0 0 0 2px #fff;
}
button:disabled {
  opacity: 0.5;
  pointer-events: none;
}
[aria-busy] {
  cursor: progress;
}
svg {
  flex: none;
  inline-size: 1.4em;
}
:host([logo-alignment=start]) span {
  flex: 1;
}
p {
  inline-size: 0;
  min-inline-size: 100%;
  box-sizing: border-box;
  margin: 8px 0 0;
  padding: 0.5em 0.75em;
  border-radius: 8px;
  background: color-mix(in srgb, currentColor 10%, Canvas);
  color: var(--autogpt-signin-error,light-dark(#a11d2b,#ffb0b0));
  font-size: 0.875em;
  font-weight: 400;
}
:host([status=fallback]) p {
  color: inherit;
}
:host([variant=icon]) p {
  position: absolute;
  z-index: 1;
  inline-size: max-content;
  max-inline-size: 15em;
}
.hidden {
  position: absolute;
  inline-size: 1px;
  overflow: hidden;
  opacity: 0;
  white-space: nowrap;
}
@media (prefers-reduced-motion: no-preference) {
  [part=spinner] {
    animation: spin 0.8s linear infinite;
  }
}
@keyframes spin {
  to {
    rotate: 1turn;
  }
}
`
