import { Button } from "../ui/Button";
import { Copy } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import css from "./People.module.css";

interface Props {
  title: string;
  link: string;
  expires_at: string;
  once: string;
  onClose(): void;
}

/** A link that is shown this one time: only its hash is kept. */
export function LinkDialog({ title, link, expires_at, once, onClose }: Props) {
  return (
    <Dialog title={title} onClose={onClose} foot={<Button onPress={onClose}>Done</Button>}>
      <div className={css.stack}>
        <p>
          {once} It is shown only now: copy it and send it to them alone. It counts until{" "}
          <time dateTime={expires_at}>{new Date(expires_at).toLocaleString()}</time>.
        </p>
        <code className={css.secret}>{link}</code>
        <Copy text={link} label="Copy link" />
      </div>
    </Dialog>
  );
}
