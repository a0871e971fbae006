import { moment } from "../canvas/words";
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
          <time dateTime={expires_at}>{moment(expires_at)}</time>.
        </p>
        {ofThisComputer(link) && (
          <p role="note" className={css.quiet}>
            It opens on this computer only: the bridge lets nobody in from other machines until it is started with
            --listen.
          </p>
        )}
        <code className={css.secret}>{link}</code>
        <Copy text={link} label="Copy link" />
      </div>
    </Dialog>
  );
}

const ofThisComputer = (link: string): boolean => ["127.0.0.1", "[::1]", "localhost"].includes(new URL(link).hostname);
