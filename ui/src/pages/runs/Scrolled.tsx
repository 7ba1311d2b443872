import type { ReactNode } from "react";

interface ScrolledProps {
  label: string;
  className: string;
  children: ReactNode;
}

/** A part of a page that scrolls sideways where it is too wide, by the keyboard too. */
export function Scrolled({ label, className, children }: ScrolledProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the arrow keys
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
