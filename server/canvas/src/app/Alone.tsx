import type { ReactNode } from "react";

/** A whole page that is one notice: with the landmark and the heading that every page has. */
export function Alone({ children }: { children: ReactNode }) {
  return (
    <main>
      <h1 className="visually-hidden">TakeBridge</h1>
      {children}
    </main>
  );
}
