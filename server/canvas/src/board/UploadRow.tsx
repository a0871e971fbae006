import { Pause, Play, RotateCcw, X } from "lucide-react";
import { Bar } from "../ui/Bar";
import { IconButton } from "../ui/Button";
import { type Choice, Select, TextField } from "../ui/Field";
import { State } from "../ui/State";
import css from "./Upload.module.css";
import { canRetry, type Item, type UploadQueue } from "./upload/queue";
import { standingWords } from "./upload/words";

/** A file: what it will be called and stand for, how far it is, and what can be done about it. */
export function UploadRow({ item, queue, roles }: { item: Item; queue: UploadQueue; roles: readonly Choice[] }) {
  const { key, standing, file, problem } = item;
  const open = standing === "chosen" || standing === "waiting" || standing === "paused";
  const share = file.size ? item.sent / file.size : 0;
  return (
    <li className={css.row} data-standing={standing}>
      <div className={css.head}>
        {open ? (
          <>
            <div className={css.name}>
              <TextField
                label={`Title of ${file.name}`}
                quiet
                value={item.title}
                onChange={(title) => queue.change(key, { title })}
                maxLength={200}
              />
            </div>
            <div className={css.as}>
              <Select
                label={`What ${file.name} stands for`}
                quiet
                choices={roles}
                value={item.role}
                onChange={(role) => queue.change(key, { role })}
              />
            </div>
          </>
        ) : (
          <span className={css.called}>{item.title || file.name}</span>
        )}
        {(standing === "sending" || standing === "lost" || standing === "waiting") && (
          <IconButton label={`Pause ${file.name}`} onPress={() => queue.pause(key)}>
            <Pause size={14} aria-hidden />
          </IconButton>
        )}
        {standing === "paused" && (
          <IconButton label={`Go on with ${file.name}`} onPress={() => queue.resume(key)}>
            <Play size={14} aria-hidden />
          </IconButton>
        )}
        {(standing === "lost" || (standing === "refused" && canRetry(problem))) && (
          <IconButton label={`Try ${file.name} again`} onPress={() => queue.resume(key)}>
            <RotateCcw size={14} aria-hidden />
          </IconButton>
        )}
        {standing !== "finishing" && (
          <IconButton
            label={standing === "done" ? `Take ${file.name} off the list` : `Cancel ${file.name}`}
            onPress={() => void queue.cancel(key)}
          >
            <X size={14} aria-hidden />
          </IconButton>
        )}
      </div>
      {standing !== "chosen" && standing !== "refused" && standing !== "done" && (
        <Bar
          parts={[{ share, look: standing === "lost" ? "near" : "plain" }]}
          label={`Upload of ${file.name}`}
          value={share}
        />
      )}
      <div className={css.facts}>
        {standing === "done" && <State mark="complete" word="On the canvas" />}
        {standing === "refused" && <State mark="failed" word="Refused" />}
        <span>{standingWords(item)}</span>
      </div>
      {standing === "refused" && problem && (
        <p role="alert" className={css.wrong}>
          {problem.message} {problem.hint}
        </p>
      )}
    </li>
  );
}
