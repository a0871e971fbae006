import { X } from "lucide-react";
import {
  Text,
  UNSTABLE_Toast as Toast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { asProblem } from "../wire/problem";
import { Button, IconButton } from "./Button";
import css from "./toasts.module.css";

interface Said {
  title: string;
  hint?: string | undefined;
  kind: "done" | "failed";
  code?: string | undefined;
  action?: { title: string; run(): void } | undefined;
}

export const toasts = new ToastQueue<Said>({ maxVisibleToasts: 4 });
const DONE_MS = 4000;

/** Say that something went well; gone after four seconds. Gives the toast's key. */
export function done(title: string, action?: Said["action"]): string {
  return toasts.add({ title, kind: "done", action }, { timeout: action ? 8000 : DONE_MS });
}

/** Say what went wrong and what to do; it stays until it is put away. The same words are not said twice at once. */
export function failed(thrown: unknown, action?: Said["action"]): void {
  const problem = asProblem(thrown);
  if (toasts.visibleToasts.some((toast) => toast.content.title === problem.message)) return;
  toasts.add({ title: problem.message, hint: problem.hint, code: problem.code, kind: "failed", action });
}

/** Do something that may be refused; what is refused is said. Gives what came of it, undefined when nothing did. */
export async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    failed(thrown);
    return undefined;
  }
}

export function Toasts() {
  return (
    <ToastRegion queue={toasts} className={css.region ?? ""}>
      {({ toast }) => (
        <Toast toast={toast} className={`${css.toast} ${css[toast.content.kind]}`}>
          <ToastContent className={css.content ?? ""}>
            <Text slot="title">{toast.content.title}</Text>
            {toast.content.hint && (
              <Text slot="description" className={css.hint ?? ""}>
                {toast.content.hint}
              </Text>
            )}
          </ToastContent>
          {toast.content.action && (
            <Button
              onPress={() => {
                toast.content.action?.run();
                toasts.close(toast.key);
              }}
            >
              {toast.content.action.title}
            </Button>
          )}
          <IconButton label="Put away" onPress={() => toasts.close(toast.key)}>
            <X size={14} aria-hidden />
          </IconButton>
        </Toast>
      )}
    </ToastRegion>
  );
}
