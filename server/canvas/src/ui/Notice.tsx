import type { ReactNode } from "react";
import type { Problem } from "../wire/problem";
import { Button } from "./Button";
import css from "./Notice.module.css";

interface Props {
  title: string;
  children?: ReactNode;
  action?: { title: string; run(): void } | undefined;
}

/** An empty or waiting place: what it is, why, one button. */
export function Notice({ title, children, action }: Props) {
  return (
    <div className={css.notice}>
      <h2>{title}</h2>
      {children && <div className={css.words}>{children}</div>}
      {action && (
        <Button look="primary" onPress={action.run}>
          {action.title}
        </Button>
      )}
    </div>
  );
}

/** A problem in the bridge's own words, with its hint and code. */
export function ProblemNotice({ problem, action }: { problem: Problem; action?: Props["action"] }) {
  return (
    <div role="alert">
      <Notice title={problem.message} action={action}>
        <p>{problem.hint}</p>
        <details>
          <summary>Details</summary>
          <code>{problem.code}</code>
        </details>
      </Notice>
    </div>
  );
}

/** Where something is on its way; its words come only after a while. As index.html has it. */
export function Loading() {
  return (
    <p className="loading" role="status" aria-label="Loading">
      Loading…
    </p>
  );
}
