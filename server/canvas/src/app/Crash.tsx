import { Component, type ReactNode } from "react";
import { Notice } from "../ui/Notice";

/** What is shown when the page itself fails: nothing on the canvas is touched by it, and reloading helps. */
export class Crash extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    // A part of the page that an update took away: its file name is not served any more. The last is Vite's for styles.
    const updated = /dynamically imported module|Failed to fetch|module script|preload CSS/i.test(error.message);
    const title = updated ? "TakeBridge was updated while this page was open." : "This page met a fault of its own.";
    return (
      <Notice title={title} action={{ title: "Reload", run: () => location.reload() }}>
        <p>Your canvas is safe: every edit that showed is kept by the bridge.</p>
        {!updated && (
          <details>
            <summary>Details</summary>
            <code>{error.message}</code>
          </details>
        )}
      </Notice>
    );
  }
}
