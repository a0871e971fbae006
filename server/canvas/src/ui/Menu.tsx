import type { ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover, Separator } from "react-aria-components";
import { keyLabel } from "../app/keys";
import css from "./Menu.module.css";

export interface Item {
  id: string;
  title: string;
  chord?: string | undefined;
  disabled?: boolean | undefined;
  danger?: boolean | undefined;
  run(): void;
}

/** Items, with `null` for a line between groups. */
export type Items = readonly (Item | null)[];

/** A button (`trigger`) that opens a menu. */
export function Menu({ trigger, items, label }: { trigger: ReactNode; items: Items; label: string }) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={css.popover ?? ""}>
        <MenuList items={items} label={label} />
      </Popover>
    </MenuTrigger>
  );
}

/** The menu alone, for popovers of one's own (a context menu). */
export function MenuList({ items, label }: { items: Items; label: string }) {
  return (
    <AriaMenu
      aria-label={label}
      className={css.menu ?? ""}
      disabledKeys={items.filter((item) => item?.disabled).map((item) => item?.id ?? "")}
      onAction={(id) => items.find((item) => item?.id === id)?.run()}
    >
      {items.map((item, index) =>
        item ? (
          <MenuItem
            key={item.id}
            id={item.id}
            textValue={item.title}
            className={`${css.item} ${item.danger ? css.danger : ""}`}
          >
            <span>{item.title}</span>
            {item.chord && <kbd>{keyLabel(item.chord)}</kbd>}
          </MenuItem>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines between groups have no other name.
          <Separator key={`line-${index}`} className={css.separator ?? ""} />
        ),
      )}
    </AriaMenu>
  );
}
