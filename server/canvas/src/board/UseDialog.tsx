import { useMemo } from "react";
import { Autocomplete, Input, Menu, MenuItem, SearchField, Text, useFilter } from "react-aria-components";
import { useSession, useView } from "../app/session";
import { Dialog } from "../ui/Dialog";
import field from "../ui/Field.module.css";
import menu from "../ui/Menu.module.css";
import css from "./References.module.css";
import { portWords, type Room, roomsFor } from "./wires";
import { wireInto } from "./wiring";

/** Every input a reference fits: choose one, and it is wired. */
export function UseDialog({ source, onClose }: { source: string; onClose(): void }) {
  const session = useSession();
  const { contains } = useFilter({ sensitivity: "base" });
  const doc = useView((view) => view.seen?.doc);
  const rooms = useMemo(() => (doc ? roomsFor(doc, session.kinds, source) : []), [doc, session.kinds, source]);
  const title = doc?.nodes[source]?.title ?? "";
  const keyOf = (room: Room) => `${room.node} ${room.port}`;
  return (
    <Dialog title={`Use “${title}” in`} onClose={onClose}>
      <Autocomplete filter={contains}>
        <SearchField aria-label="Search inputs" autoFocus className={menu.seek ?? ""}>
          <Input className={field.input ?? ""} placeholder="A shot, or an input by its name" />
        </SearchField>
        <Menu
          aria-label="Inputs it fits"
          className={`${menu.menu} ${css.rooms}`}
          items={rooms}
          disabledKeys={rooms.filter((room) => room.there).map(keyOf)}
          renderEmptyState={() => (
            <p className={css.quiet}>Nothing on this canvas takes it. Add an image or a shot first.</p>
          )}
          onAction={(key) => {
            const room = rooms.find((one) => keyOf(one) === key);
            onClose();
            if (room) void wireInto(session, source, room);
          }}
        >
          {(room) => (
            <MenuItem
              id={keyOf(room)}
              textValue={`${room.title} ${portWords(room.port)}`}
              className={`${menu.item} ${css.room}`}
            >
              <Text slot="label">{room.title}</Text>
              <Text slot="description" className={css.quiet ?? ""}>
                {portWords(room.port)}
                {room.there ? ", wired already" : ""}
                {room.replaces && !room.there
                  ? `, takes the place of “${doc?.nodes[room.replaces.src_node]?.title ?? "another"}”`
                  : ""}
              </Text>
            </MenuItem>
          )}
        </Menu>
      </Autocomplete>
    </Dialog>
  );
}
