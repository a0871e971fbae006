import { useStore } from "zustand";
import { useMe, useSession } from "../../app/session";
import { carrierOf } from "./carrier";
import { type Item, UploadQueue } from "./queue";

const queues = new Map<string, UploadQueue>();

/** The uploads of the open canvas: they go on while one looks at something else. */
export function useUploads(): { queue: UploadQueue; items: readonly Item[] } {
  const session = useSession();
  const me = useMe();
  const queue = queues.get(session.id) ?? new UploadQueue(session.id, carrierOf(session, me.name));
  queues.set(session.id, queue);
  const items = useStore(queue.store, (one) => one.items);
  return { queue, items };
}
