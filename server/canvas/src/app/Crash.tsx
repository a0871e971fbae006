import { Component, type ReactNode, useEffect, useState } from "react";
import { Button } from "../ui/Button";
import { Loading, Notice } from "../ui/Notice";
import { back, isThere } from "../wire/served";

/** Whether a part was asked for while the bridge was away: a browser does not ask for it again in the same page. */
let missed = false;

interface Props {
  children: ReactNode;
  /** Shown for a part that could not be loaded, where the rest of the page goes on without it. */
  instead?: ReactNode;
}

/** What is shown when the page itself fails: nothing on the canvas is touched by it, and reloading helps. */
export class Crash extends Component<Props, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    // A part of the page that could not be loaded. The last is Vite's for styles.
    if (/dynamically imported module|Failed to fetch|module script|preload CSS/i.test(error.message))
      return this.props.instead ?? <NotThere />;
    return (
      <Notice title="This page met a fault of its own." action={{ title: "Reload", run: () => location.reload() }}>
        <p>Your canvas is safe: every edit that showed is kept by the bridge.</p>
        <details>
          <summary>Details</summary>
          <code>{error.message}</code>
        </details>
      </Notice>
    );
  }
}

/** For a part beside the view. It reloads nothing by itself: somebody may be at work in the rest. */
export function Later() {
  const [away, setAway] = useState(true);
  useEffect(() => {
    const stop = new AbortController();
    void back(stop.signal).then((here) => here && setAway(false));
    return () => stop.abort();
  }, []);
  if (away) return <p role="status">This part is not loaded: the bridge does not answer.</p>;
  return <Button onPress={() => location.reload()}>Reload to see this part</Button>;
}

/** A part of the page is not there: the bridge is away, or an update took its file. */
function NotThere() {
  const [away, setAway] = useState<boolean | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const look = async () => {
      missed ||= !(await isThere());
      if (stop.signal.aborted) return;
      setAway(missed);
      // What is typed and not saved outlives a reload.
      if (missed && (await back(stop.signal))) location.reload();
    };
    void look();
    return () => stop.abort();
  }, []);
  if (away === null) return <Loading />;
  if (away) return <Notice title="The bridge does not answer.">This opens by itself once it is back.</Notice>;
  return (
    <Notice
      title="TakeBridge was updated while this page was open."
      action={{ title: "Reload", run: () => location.reload() }}
    >
      <p>Your canvas is safe: every edit that showed is kept by the bridge.</p>
    </Notice>
  );
}
